package io.hostfirewall.agent.policyfile;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * The documents of a file, without empty ones.
 *
 * @param documents those before the first place that is not YAML, or more than can be read
 * @param problem why it is not all of the file
 */
record YamlText(List<Node> documents, Optional<FileProblem> problem) {

  /** The largest file that is read; an object of the API server has at most a tenth of it. */
  static final int MAX_BYTES = 16 << 20;

  static YamlText read(String file, InputStream content) throws IOException {
    var bytes = content.readNBytes(MAX_BYTES);
    if (bytes.length == MAX_BYTES) {
      return refused(file, 0, 0, "is longer than %d MiB.".formatted(MAX_BYTES >> 20));
    }
    var text = CharBuffer.allocate(bytes.length);
    var result =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes), text, /* endOfInput */ true);
    text.flip();
    return result.isError()
        ? refused(file, text.toString(), "is not UTF-8. Save the file as UTF-8 text.")
        : parse(file, text.toString());
  }

  private static YamlText parse(String file, String text) {
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    var documents = new ArrayList<Node>();
    var aliases = new Aliases(file);
    try {
      for (var node : new Yaml(options).composeAll(new StringReader(text))) {
        if (node != null && !node.getTag().equals(Tag.NULL)) {
          var problem = aliases.problem(node);
          if (problem.isPresent()) {
            return new YamlText(documents, problem);
          }
          documents.add(node);
        }
      }
      return new YamlText(documents, Optional.empty());
    } catch (MarkedYAMLException e) {
      return new YamlText(documents, Optional.of(YamlMistake.in(file, text, e)));
    } catch (ReaderException e) {
      var before = text.substring(0, text.offsetByCodePoints(0, e.getPosition()));
      return refused(
          file,
          before,
          "is not YAML: the character U+%04X is not allowed. Delete it."
              .formatted(e.getCodePoint()));
    } catch (YAMLException e) {
      return refused(file, 0, 0, "is not YAML: " + YamlMistake.sentence(e));
    }
  }

  /** What is wrong stands behind a text. */
  private static YamlText refused(String file, String before, String message) {
    var lines = before.split("\r\n|\r|\n", -1);
    return refused(file, lines.length, lines[lines.length - 1].length() + 1, message);
  }

  private static YamlText refused(String file, int line, int column, String message) {
    return new YamlText(List.of(), Optional.of(new FileProblem(file, line, column, "", message)));
  }
}

package io.hostfirewall.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("journal");
  }

  private JournalFile journal() {
    return new JournalFile(file());
  }

  @Test
  void the_last_line_is_read_back_by_another_process() throws IOException {
    assertThat(journal().last()).isEmpty();
    var writer = journal();
    for (var i = 1; i <= 5; i++) {
      writer.write("line " + i, true);
      assertThat(journal().last()).contains("line " + i);
    }
    journal().write("line of another", false);
    assertThat(journal().last()).contains("line of another");
    assertThat(Files.size(file())).isLessThanOrEqualTo(1024);
  }

  @Test
  void wherever_a_line_was_torn_the_one_before_counts() throws IOException {
    var writer = journal();
    writer.write("the first", true);
    writer.write("the second", true);
    var before = Files.readAllBytes(file());
    writer.write("the third", true);
    var after = Files.readAllBytes(file());

    for (var torn = 0; torn <= 1024; torn++) {
      var mixed = before.clone();
      System.arraycopy(after, 0, mixed, 0, torn);
      Files.write(file(), mixed);
      assertThat(journal().last())
          .as("%d bytes written", torn)
          .isIn(Optional.of("the second"), Optional.of("the third"));
    }
  }

  @Test
  void what_could_not_be_written_does_not_endanger_what_was() throws IOException {
    var writer = journal();
    writer.write("the first", true);
    writer.write("the second", true);
    var aside = folder.resolve("aside");
    Files.move(file(), aside);
    Files.createDirectory(file());
    assertThatThrownBy(() -> writer.write("in vain", true)).isInstanceOf(IOException.class);
    Files.delete(file());
    Files.move(aside, file());
    var before = Files.readAllBytes(file());

    writer.write("the third", true);

    var after = Files.readAllBytes(file());
    for (var torn = 0; torn <= 1024; torn++) {
      var mixed = before.clone();
      System.arraycopy(after, 0, mixed, 0, torn);
      Files.write(file(), mixed);
      assertThat(journal().last()).isIn(Optional.of("the second"), Optional.of("the third"));
    }
  }

  @Test
  void garbage_is_no_line_and_is_written_over() throws IOException {
    for (var garbage : new String[] {"", "x", "0 0 0", "\0".repeat(2000)}) {
      Files.writeString(file(), garbage);
      assertThat(journal().last()).as(garbage).isEmpty();
      journal().write("again", true);
      assertThat(journal().last()).contains("again");
    }
  }

  @Test
  void a_saved_text_that_was_changed_or_cut_off_is_none() throws IOException {
    var saved = new SavedTexts(folder.resolve("saved"));
    saved.write("a", Map.of("ipset", "create x\n", "ipv4", "*filter\nCOMMIT\n"));
    assertThat(saved.read("a"))
        .contains(Map.of("ipset", "create x\n", "ipv4", "*filter\nCOMMIT\n"));
    assertThat(saved.read("b")).isEmpty();

    var text = folder.resolve("saved/a/ipv4");
    var whole = Files.readString(text, StandardCharsets.UTF_8);
    for (var length = 0; length < whole.length(); length++) {
      Files.writeString(text, whole.substring(0, length));
      assertThat(saved.read("a")).as("%d characters", length).isEmpty();
    }
    Files.writeString(text, whole.replace("filter", "filTer"));
    assertThat(saved.read("a")).isEmpty();
  }
}

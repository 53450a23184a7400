package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made from the records is committed, and what is made from that too. */
class GeneratedCrdsTest {

  private static final String STALE = "run `make crds` and commit what it writes";

  @TempDir static Path workFolder;

  @BeforeAll
  static void write_if_asked() throws IOException {
    if (Boolean.getBoolean("crds.write")) {
      CrdYaml.commit(CrdYaml.fromRecords(workFolder.resolve("written")));
      EditorSchemas.commit(EditorSchemas.fromCrds(CrdYaml.committed()));
      Files.writeString(Reference.PAGE, Reference.ofCommitted().text());
    }
  }

  @Test
  void committed_crds_are_what_the_records_say() throws IOException {
    assertThat(CrdYaml.committed())
        .as(STALE)
        .isEqualTo(CrdYaml.fromRecords(workFolder.resolve("wanted")));
  }

  @Test
  void committed_schemas_are_what_the_crds_say() throws IOException {
    var wanted = EditorSchemas.fromCrds(CrdYaml.committed());

    assertThat(EditorSchemas.committed(wanted.keySet())).as(STALE).isEqualTo(wanted);
  }

  @Test
  void the_committed_reference_is_what_crds_and_examples_say() throws IOException {
    assertThat(Reference.PAGE).as(STALE).hasContent(Reference.ofCommitted().text());
  }
}

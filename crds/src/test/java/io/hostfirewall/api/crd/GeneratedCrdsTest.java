package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedCrdsTest {

  @Test
  void committed_crds_are_what_the_records_say(@TempDir Path workFolder) throws IOException {
    var wanted = CrdYaml.fromRecords(workFolder);
    if (Boolean.getBoolean("crds.write")) {
      CrdYaml.commit(wanted);
    }

    assertThat(CrdYaml.committed())
        .as("crds/generated differs from the records: run `make crds` and commit it")
        .isEqualTo(wanted);
  }
}

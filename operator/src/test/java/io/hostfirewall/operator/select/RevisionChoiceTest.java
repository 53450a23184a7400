package io.hostfirewall.operator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.Samples;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RevisionChoiceTest {

  private static final RevisionPolicy A = Samples.inRevision(Samples.validPolicy("a", 1, "web"));
  private static final RevisionPolicy B = Samples.inRevision(Samples.validPolicy("b", 1, "web"));

  @Test
  void no_policy_no_revision() {
    assertThat(RevisionChoice.of(List.of())).isEqualTo(new RevisionChoice.None());
  }

  @Test
  void the_same_policies_are_the_same_revision_in_whatever_order_they_come() {
    assertThat(RevisionChoice.of(List.of(B, A))).isEqualTo(RevisionChoice.of(List.of(A, B)));
    assertThat(RevisionChoice.of(List.of(A))).isNotEqualTo(RevisionChoice.of(List.of(A, B)));
  }

  @Test
  void a_new_generation_is_a_new_revision() {
    var newer = Samples.inRevision(Samples.validPolicy("a", 2, "web"));

    assertThat(RevisionChoice.of(List.of(newer))).isNotEqualTo(RevisionChoice.of(List.of(A)));
  }

  @Test
  void more_policies_than_the_schema_allows_are_too_large() {
    var many =
        IntStream.rangeClosed(0, RevisionChoice.MAX_POLICIES)
            .mapToObj(i -> Samples.inRevision(Samples.validPolicy("p" + i, 1, "web")))
            .toList();

    assertThat(RevisionChoice.of(many)).isInstanceOf(RevisionChoice.TooLarge.class);
    assertThat(RevisionChoice.of(many.subList(1, many.size())))
        .isInstanceOf(RevisionChoice.Named.class);
  }

  @Test
  void more_than_a_mebibyte_is_too_large() {
    var rules =
        String.join(
            ",",
            IntStream.range(0, 128)
                .mapToObj(
                    i ->
                        "{name: r%d, action: Deny, from: [{networks: [%s]}]}"
                            .formatted(i, networks()))
                .toList());
    var large =
        IntStream.range(0, 12)
            .mapToObj(i -> Samples.inRevision(Samples.policy("p" + i, 1, "web", rules)))
            .toList();

    assertThat(RevisionChoice.of(large)).isInstanceOf(RevisionChoice.TooLarge.class);
  }

  @Test
  void a_remembered_choice_is_that_of_the_specs() {
    var chooser = new RevisionChooser();

    assertThat(chooser.choose(List.of(A, B))).isEqualTo(RevisionChoice.of(List.of(A, B)));
    assertThat(chooser.choose(List.of(B, A))).isSameAs(chooser.choose(List.of(A, B)));
    assertThat(chooser.choose(List.of())).isEqualTo(new RevisionChoice.None());
  }

  private static String networks() {
    return String.join(
        ", ", IntStream.range(0, 60).mapToObj(i -> "10.200.%d.0/24".formatted(i)).toList());
  }
}

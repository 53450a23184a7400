package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * An ICMP type by its name in both families, or by its number in one; optionally one code of it.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.type in ['EchoRequest', 'EchoReply', 'DestinationUnreachable', 'TimeExceeded',"
            + " 'ParameterProblem', 'RouterAdvertisement', 'RouterSolicitation', 'Redirect']"
            + " || (self.type.matches('^(0|[1-9][0-9]{0,2})$') && int(self.type) <= 255)",
    fieldPath = ".type",
    message =
        "must be EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem,"
            + " RouterAdvertisement, RouterSolicitation or Redirect, or a number 0 to 255 in quotes")
@ValidationRule(
    value = "has(self.family) || (!self.type.matches('^[0-9]+$') && !has(self.code))",
    message =
        "ICMP numbers differ between IPv4 and IPv6: add family: IPv4 or family: IPv6, or name the"
            + " type and leave out the code")
public record IcmpSelector(
    @JsonPropertyDescription(
            "EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem,"
                + " RouterAdvertisement, RouterSolicitation or Redirect, which mean the same in both"
                + " families; or a number 0 to 255 in quotes, which needs family.")
        @Required
        @Size(min = 1, max = 32)
        String type,
    @JsonPropertyDescription("One code of the type; needs family. Absent: every code.")
        @Min(0)
        @Max(255)
        @Nullable Integer code,
    @JsonPropertyDescription("Family that the type is of. Absent: both.")
        @Nullable IpFamily family) {}

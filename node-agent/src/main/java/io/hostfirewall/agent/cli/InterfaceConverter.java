package io.hostfirewall.agent.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an interface; {@code eth+} and {@code eth*} stand for all that begin so. */
final class InterfaceConverter implements ITypeConverter<String> {

  @Override
  public String convert(String name) {
    if (!name.matches("[^\\s/+*,\"']{1,15}|[^\\s/+*,\"']{1,14}[+*]")) {
      throw new TypeConversionException(
          "\"%s\" is no interface. Write a name of up to 15 characters such as eth0, or bond+ for all that begin so"
              .formatted(name));
    }
    return name.replace('*', '+');
  }
}

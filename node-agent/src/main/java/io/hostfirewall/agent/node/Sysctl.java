package io.hostfirewall.agent.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What the kernel tells below {@code /proc/sys}. */
final class Sysctl {

  /** More than the digits of a number of 64 bits. */
  private static final int LENGTH = 32;

  private Sysctl() {}

  /**
   * Reads a number, in one read: the kernel tells numbers from their beginning only ({@code
   * proc_dointvec} in kernel/sysctl.c), and {@link java.nio.file.Files#readString} of a file
   * without a length asks for one byte first.
   *
   * @throws IOException if there is no such file
   * @throws NumberFormatException if it holds something else
   */
  static long number(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      var text = ByteBuffer.allocate(LENGTH);
      channel.read(text);
      text.flip();
      return Long.parseLong(StandardCharsets.US_ASCII.decode(text).toString().strip());
    }
  }
}

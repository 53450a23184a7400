package io.hostfirewall.e2e.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rules of a namespace log to a group of nfnetlink_log, as ulogd would read it. The
 * constants are those of Linux's nfnetlink_log.h. To be used on the namespace's own thread only.
 */
public final class PacketLog implements AutoCloseable {

  private static final int NETLINK_NETFILTER = 12;
  private static final short ULOG_PACKET = 4 << 8;
  private static final short ULOG_CONFIG = (4 << 8) | 1;
  private static final short REQUEST_ACK = 5;
  private static final int ERROR = 2;
  private static final short CFG_COMMAND = 1;
  private static final short CFG_MODE = 2;
  private static final short CFG_THRESHOLD = 5;
  private static final byte COMMAND_BIND = 1;
  private static final byte COPY_META = 1;
  private static final short PREFIX = 10;
  private static final int HEADER = 16;
  private static final int GROUP_HEADER = 4;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment in = arena.allocate(65536);
  private final MemorySegment kernel = arena.allocate(12);
  private final int fd;
  private final Libc.Channel channel;

  /** Starts to listen. Each packet is told at once, and not gathered with others. */
  public PacketLog(int group) {
    fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW, NETLINK_NETFILTER);
    kernel.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
    channel = new Libc.Channel(fd, arena);
    var message = arena.allocate(48);
    var bytes = message.asByteBuffer().order(ByteOrder.nativeOrder());
    bytes.putInt(48).putShort(ULOG_CONFIG).putShort(REQUEST_ACK).putInt(1).putInt(0);
    bytes.putShort((short) 0).order(ByteOrder.BIG_ENDIAN).putShort((short) group);
    attribute(bytes, 5, CFG_COMMAND).put(COMMAND_BIND).position(28);
    attribute(bytes, 10, CFG_MODE).putInt(0).put(COPY_META).position(40);
    attribute(bytes, 8, CFG_THRESHOLD).order(ByteOrder.BIG_ENDIAN).putInt(1);
    channel.send(message, 48, kernel);
    int length = channel.receive(in, kernel);
    var answer = in.asByteBuffer().order(ByteOrder.nativeOrder());
    if (length < HEADER + 4 || answer.getShort(4) != ERROR || answer.getInt(HEADER) != 0) {
      throw new IllegalStateException("the kernel logs to no group " + group);
    }
  }

  private static ByteBuffer attribute(ByteBuffer message, int length, short type) {
    return message.order(ByteOrder.nativeOrder()).putShort((short) length).putShort(type);
  }

  /** The prefixes of what was logged since the last call. */
  public List<String> prefixes() {
    var prefixes = new ArrayList<String>();
    for (int length; (length = channel.receive(in, kernel)) >= 0; ) {
      var bytes = in.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
      for (int at = 0; at < length; at += aligned(bytes.getInt(at))) {
        if (bytes.getShort(at + 4) == ULOG_PACKET) {
          prefixes.add(prefix(bytes, at + HEADER + GROUP_HEADER, at + bytes.getInt(at)));
        }
      }
    }
    return prefixes;
  }

  private static String prefix(ByteBuffer bytes, int first, int end) {
    for (int at = first; at < end; at += aligned(bytes.getShort(at))) {
      if (bytes.getShort(at + 2) == PREFIX) {
        var text = new byte[bytes.getShort(at) - 4 - 1];
        bytes.get(at + 4, text);
        return new String(text, StandardCharsets.US_ASCII);
      }
    }
    return "";
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }

  @Override
  public void close() {
    Libc.close(fd);
    arena.close();
  }
}

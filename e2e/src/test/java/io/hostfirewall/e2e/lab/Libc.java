package io.hostfirewall.e2e.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that Java lacks. Failures are exceptions with errno. Constants are those of
 * Linux's uapi headers on x86-64 and arm64.
 */
final class Libc {

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SOL_PACKET = 263;
  static final int SO_RCVBUFFORCE = 33;
  static final int SO_BROADCAST = 6;
  static final int SO_MARK = 36;
  static final int IPPROTO_RAW = 255;
  static final int PACKET_IGNORE_OUTGOING = 23;
  static final int MSG_DONTWAIT = 0x40;
  static final int EAGAIN = 11;
  private static final int EPERM = 1;
  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int CPUCLOCK_SCHED = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle OPEN = bind("open", INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle CLOSE = bind("close", INT, INT);
  private static final MethodHandle SETNS = bind("setns", INT, INT, INT);
  private static final MethodHandle SOCKET = bind("socket", INT, INT, INT, INT);
  private static final MethodHandle BIND = bind("bind", INT, INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle SETSOCKOPT =
      bind("setsockopt", INT, INT, INT, INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle SENDTO =
      bind("sendto", LONG, INT, ValueLayout.ADDRESS, LONG, INT, ValueLayout.ADDRESS, INT);
  private static final MethodHandle RECVFROM =
      bind(
          "recvfrom",
          LONG,
          INT,
          ValueLayout.ADDRESS,
          LONG,
          INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);
  private static final MethodHandle IF_NAMETOINDEX =
      bind("if_nametoindex", INT, ValueLayout.ADDRESS);
  private static final MethodHandle SCHED_SETAFFINITY =
      bind("sched_setaffinity", INT, INT, LONG, ValueLayout.ADDRESS);

  private static final MethodHandle SCHED_GETCPU = bind("sched_getcpu", INT);
  private static final MethodHandle CLOCK_GETTIME =
      bind("clock_gettime", INT, INT, ValueLayout.ADDRESS);

  private Libc() {}

  /**
   * Moves the calling thread, with the sockets and processes it makes from now on, into a network
   * namespace.
   */
  static void enter(String path) {
    try (var arena = Arena.ofConfined()) {
      int fd = call("open", OPEN, arena, arena.allocateFrom(path), O_RDONLY_CLOEXEC);
      call("setns", SETNS, arena, fd, CLONE_NEWNET);
      call("close", CLOSE, arena, fd);
    }
  }

  /**
   * Keeps the calling thread on the processor it is on, so that the packets it sends stay in one
   * queue, in order.
   */
  static void stay() {
    try (var arena = Arena.ofConfined()) {
      int cpu = call("sched_getcpu", SCHED_GETCPU, arena);
      var mask = arena.allocate(128);
      mask.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (1 << (cpu % 8)));
      call("sched_setaffinity", SCHED_SETAFFINITY, arena, 0, mask.byteSize(), mask);
    }
  }

  /**
   * What a process has used of processors, in nanoseconds, by all of its threads, ended ones too
   * (clock_getcpuclockid(3)).
   *
   * @throws IllegalStateException if there is no such process
   */
  static long processorNanos(long pid) {
    return nanos((int) (~pid << 3) | CPUCLOCK_SCHED);
  }

  /** What a clock says. */
  static long nanos(int clock) {
    try (var arena = Arena.ofConfined()) {
      var time = arena.allocate(LONG, 2);
      call("clock_gettime", CLOCK_GETTIME, arena, clock, time);
      return time.getAtIndex(LONG, 0) * 1_000_000_000 + time.getAtIndex(LONG, 1);
    }
  }

  static int socket(int domain, int type, int protocol) {
    try (var arena = Arena.ofConfined()) {
      return call("socket", SOCKET, arena, domain, type | SOCK_CLOEXEC, protocol);
    }
  }

  static void bind(int fd, MemorySegment address) {
    try (var arena = Arena.ofConfined()) {
      call("bind", BIND, arena, fd, address, (int) address.byteSize());
    }
  }

  static void option(int fd, int level, int name, int value) {
    try (var arena = Arena.ofConfined()) {
      var segment = arena.allocateFrom(INT, value);
      call("setsockopt", SETSOCKOPT, arena, fd, level, name, segment, 4);
    }
  }

  static int interfaceIndex(String name) {
    try (var arena = Arena.ofConfined()) {
      int index = call("if_nametoindex", IF_NAMETOINDEX, arena, arena.allocateFrom(name));
      if (index == 0) {
        throw new IllegalStateException("no interface " + name);
      }
      return index;
    }
  }

  static void close(int fd) {
    try (var arena = Arena.ofConfined()) {
      call("close", CLOSE, arena, fd);
    }
  }

  /** A socket's way to send and receive without allocating for each packet. */
  static final class Channel {
    private final int fd;
    private final MemorySegment errno;
    private final MemorySegment length;

    Channel(int fd, Arena arena) {
      this.fd = fd;
      this.errno = arena.allocate(ERRNO);
      this.length = arena.allocate(INT);
    }

    void send(MemorySegment bytes, long count, MemorySegment to) {
      if (!sendIfAllowed(bytes, count, to)) {
        throw new IllegalStateException("sendto: errno " + errno());
      }
    }

    /** Returns whether it was sent, and not dropped by a rule on the way out. */
    boolean sendIfAllowed(MemorySegment bytes, long count, MemorySegment to) {
      long sent;
      try {
        sent = (long) SENDTO.invokeExact(errno, fd, bytes, count, 0, to, (int) to.byteSize());
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      if (sent != count && errno() != EPERM) {
        throw new IllegalStateException("sendto: errno " + errno());
      }
      return sent == count;
    }

    /** The number of bytes received, or -1 if nothing waits. */
    int receive(MemorySegment into, MemorySegment from) {
      length.set(INT, 0, (int) from.byteSize());
      long received;
      try {
        received =
            (long)
                RECVFROM.invokeExact(errno, fd, into, into.byteSize(), MSG_DONTWAIT, from, length);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      if (received < 0 && errno() != EAGAIN) {
        throw new IllegalStateException("recvfrom: errno " + errno());
      }
      return (int) received;
    }

    private int errno() {
      return (int) ERRNO_VALUE.get(errno, 0L);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static int call(String name, MethodHandle handle, Arena arena, Object... arguments) {
    var errno = arena.allocate(ERRNO);
    var all = new Object[arguments.length + 1];
    all[0] = errno;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Number result;
    try {
      result = (Number) handle.invokeWithArguments(all);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (result.intValue() < 0) {
      throw new IllegalStateException(name + ": errno " + (int) ERRNO_VALUE.get(errno, 0L));
    }
    return result.intValue();
  }
}

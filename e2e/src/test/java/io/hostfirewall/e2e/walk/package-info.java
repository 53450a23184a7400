/** The packet walk beside the kernel: both are asked about the same rules and packets. */
@NullMarked
package io.hostfirewall.e2e.walk;

import org.jspecify.annotations.NullMarked;

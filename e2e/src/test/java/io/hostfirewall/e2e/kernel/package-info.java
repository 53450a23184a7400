/** Claims about packets, each tried on a real kernel, on both back ends and in both families. */
@NullMarked
package io.hostfirewall.e2e.kernel;

import org.jspecify.annotations.NullMarked;

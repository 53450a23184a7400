/** What tells that somebody else changed the kernel. */
@NullMarked
package io.hostfirewall.agent.drift;

import org.jspecify.annotations.NullMarked;

/** What rules do with a packet, told rule by rule. The kernel has the last word: tests compare. */
@NullMarked
package io.hostfirewall.ruleset.walk;

import org.jspecify.annotations.NullMarked;

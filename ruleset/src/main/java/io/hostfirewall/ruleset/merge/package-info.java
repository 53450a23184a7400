/** From the policies that select a node to the one policy that it follows. */
@NullMarked
package io.hostfirewall.ruleset.merge;

import org.jspecify.annotations.NullMarked;

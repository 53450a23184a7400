/** Why a packet meets what it meets: the walk in the words of those who wrote the policies. */
@NullMarked
package io.hostfirewall.ruleset.explain;

import org.jspecify.annotations.NullMarked;

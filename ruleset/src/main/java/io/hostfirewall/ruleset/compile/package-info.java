/** From the policy of a node and the facts about it to its rule set. */
@NullMarked
package io.hostfirewall.ruleset.compile;

import org.jspecify.annotations.NullMarked;

/**
 * All packets at once: what a rule set does with every packet there could be, and not with one of
 * them only. A set of packets is a region of a space with a dimension for each thing that rules
 * look at (Kazemian, Varghese, McKeown: Header Space Analysis, NSDI 2012).
 */
@NullMarked
package io.hostfirewall.ruleset.space;

import org.jspecify.annotations.NullMarked;

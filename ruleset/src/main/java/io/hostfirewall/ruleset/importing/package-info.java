/**
 * From rules that others wrote to policies: what is carried over, what we do anyway, what is not
 * carried over and why, and the mistakes that were found on the way.
 */
@NullMarked
package io.hostfirewall.ruleset.importing;

import org.jspecify.annotations.NullMarked;

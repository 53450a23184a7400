/** What another rule set would change, rule by rule and in words. */
@NullMarked
package io.hostfirewall.ruleset.diff;

import org.jspecify.annotations.NullMarked;

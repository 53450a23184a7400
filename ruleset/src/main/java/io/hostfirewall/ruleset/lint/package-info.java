/** What is wrong with policies although each can be carried out: rules that decide nothing. */
@NullMarked
package io.hostfirewall.ruleset.lint;

import org.jspecify.annotations.NullMarked;

/** Whether a policy can be accepted, and what is wrong with it if not. */
@NullMarked
package io.hostfirewall.ruleset.check;

import org.jspecify.annotations.NullMarked;

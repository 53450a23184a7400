/** The firewall itself, as pure functions: merge, compile, render, parse. */
@NullMarked
package io.hostfirewall.ruleset;

import org.jspecify.annotations.NullMarked;

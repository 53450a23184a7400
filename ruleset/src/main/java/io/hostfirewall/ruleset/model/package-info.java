/** A rule set as a value: tables, chains, rules, matches, verdicts and sets of networks. */
@NullMarked
package io.hostfirewall.ruleset.model;

import org.jspecify.annotations.NullMarked;

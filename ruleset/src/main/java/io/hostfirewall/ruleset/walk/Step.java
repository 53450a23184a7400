package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TableName;

/**
 * A rule whose matches held.
 *
 * @param number its place in the chain, counted from 1
 */
public record Step(TableName table, String chain, int number, Rule rule) {}

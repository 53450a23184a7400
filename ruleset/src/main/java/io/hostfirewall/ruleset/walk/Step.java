package io.hostfirewall.ruleset.walk;

import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.TableName;

/**
 * A rule that did something with a packet.
 *
 * @param number its place in the chain, counted from 1
 * @param isMet whether its matches held; if not, one of them dropped the packet itself, which the
 *     rule's counter does not show
 */
public record Step(TableName table, String chain, int number, Rule rule, boolean isMet) {}

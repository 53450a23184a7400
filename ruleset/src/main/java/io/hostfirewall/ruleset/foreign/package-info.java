/**
 * Reads rules that others wrote, as people really have them: tolerant where the intent is clear,
 * and always able to say in which line and column something is wrong. What iptables-save prints is
 * read strictly by {@code ruleset.parse}.
 */
@NullMarked
package io.hostfirewall.ruleset.foreign;

import org.jspecify.annotations.NullMarked;

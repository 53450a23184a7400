/** From the text that iptables-save and ipset save print to rules and sets. */
@NullMarked
package io.hostfirewall.ruleset.parse;

import org.jspecify.annotations.NullMarked;

/** From rules and sets to the text that iptables-restore and ipset read. */
@NullMarked
package io.hostfirewall.ruleset.render;

import org.jspecify.annotations.NullMarked;

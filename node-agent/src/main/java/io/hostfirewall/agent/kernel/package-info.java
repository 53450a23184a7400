/** The node's kernel as its tools show it: iptables, ipset, and the programs that run them. */
@NullMarked
package io.hostfirewall.agent.kernel;

import org.jspecify.annotations.NullMarked;

/** What the agent sees of its node: addresses, routes, links. */
@NullMarked
package io.hostfirewall.agent.node;

import org.jspecify.annotations.NullMarked;

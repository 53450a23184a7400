/** The agent's DaemonSet: how it is configured, what it looks like, and that it stays so. */
@NullMarked
package io.hostfirewall.operator.agent;

import org.jspecify.annotations.NullMarked;

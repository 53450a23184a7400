/** What a host loads when it boots, before its network is up and before the agent starts. */
@NullMarked
package io.hostfirewall.agent.boot;

import org.jspecify.annotations.NullMarked;

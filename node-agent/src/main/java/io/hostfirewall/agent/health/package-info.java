/** What the agent tells of itself over HTTP: whether it lives, whether it is ready, metrics. */
@NullMarked
package io.hostfirewall.agent.health;

import org.jspecify.annotations.NullMarked;

/** The API server: what a node shall run, and what it runs. */
@NullMarked
package io.hostfirewall.agent.cluster;

import org.jspecify.annotations.NullMarked;

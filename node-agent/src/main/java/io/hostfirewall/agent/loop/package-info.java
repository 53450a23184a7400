/** The agent at work: what to enforce, when to act, what to report. */
@NullMarked
package io.hostfirewall.agent.loop;

import org.jspecify.annotations.NullMarked;

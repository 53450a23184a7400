/** The folder in which one program of ours tells another what it does. */
@NullMarked
package io.hostfirewall.agent.state;

import org.jspecify.annotations.NullMarked;

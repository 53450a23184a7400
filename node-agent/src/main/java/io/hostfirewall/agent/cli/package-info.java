/** The command line. */
@NullMarked
package io.hostfirewall.agent.cli;

import org.jspecify.annotations.NullMarked;

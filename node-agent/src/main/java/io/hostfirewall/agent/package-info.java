/** The process on a node, and the command line. */
@NullMarked
package io.hostfirewall.agent;

import org.jspecify.annotations.NullMarked;

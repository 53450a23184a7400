/** Takes everything of ours off the nodes and out of the cluster. */
@NullMarked
package io.hostfirewall.operator.uninstall;

import org.jspecify.annotations.NullMarked;

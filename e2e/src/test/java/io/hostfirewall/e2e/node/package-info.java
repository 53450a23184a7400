/** Claims about a cluster of real kubelets: images, chart and DaemonSet, as people run them. */
@NullMarked
package io.hostfirewall.e2e.node;

import org.jspecify.annotations.NullMarked;

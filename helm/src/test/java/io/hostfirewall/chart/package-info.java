/** Tests of the Helm chart, of what is generated from it and of what GitOps tools make of it. */
@NullMarked
package io.hostfirewall.chart;

import org.jspecify.annotations.NullMarked;

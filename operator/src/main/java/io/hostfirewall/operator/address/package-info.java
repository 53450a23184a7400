/** The address sets by which the cluster's own traffic is known. */
@NullMarked
package io.hostfirewall.operator.address;

import org.jspecify.annotations.NullMarked;

/** From policies to what each node is told to run. */
@NullMarked
package io.hostfirewall.operator.node;

import org.jspecify.annotations.NullMarked;

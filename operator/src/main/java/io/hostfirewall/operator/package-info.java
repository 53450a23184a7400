/** The process in the cluster. */
@NullMarked
package io.hostfirewall.operator;

import org.jspecify.annotations.NullMarked;

/** From what nodes report to the status of policies. */
@NullMarked
package io.hostfirewall.operator.policy;

import org.jspecify.annotations.NullMarked;

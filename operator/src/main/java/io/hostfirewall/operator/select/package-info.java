/** Which policies are in force, and which nodes they select; pure functions. */
@NullMarked
package io.hostfirewall.operator.select;

import org.jspecify.annotations.NullMarked;

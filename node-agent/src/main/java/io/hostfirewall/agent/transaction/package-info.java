/** From the rules in force to the wanted ones, or back. */
@NullMarked
package io.hostfirewall.agent.transaction;

import org.jspecify.annotations.NullMarked;

/** What is asked before new rules are confirmed: ways out are tried, ways in are walked. */
@NullMarked
package io.hostfirewall.agent.proof;

import org.jspecify.annotations.NullMarked;

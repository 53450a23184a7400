/** Policies in YAML files, with the line of every problem. */
@NullMarked
package io.hostfirewall.agent.policyfile;

import org.jspecify.annotations.NullMarked;

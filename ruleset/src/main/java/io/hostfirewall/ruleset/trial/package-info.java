/** From what stands in the kernel and what is wanted to the text of each step between them. */
@NullMarked
package io.hostfirewall.ruleset.trial;

import org.jspecify.annotations.NullMarked;

/** In which order nodes may go on to what they shall run: one first, the others after it. */
@NullMarked
package io.hostfirewall.operator.rollout;

import org.jspecify.annotations.NullMarked;

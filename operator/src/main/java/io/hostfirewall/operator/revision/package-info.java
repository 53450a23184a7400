/** The end of revisions that no node names any more. */
@NullMarked
package io.hostfirewall.operator.revision;

import org.jspecify.annotations.NullMarked;

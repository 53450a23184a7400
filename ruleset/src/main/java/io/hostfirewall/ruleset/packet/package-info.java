/** Packets in words, as people write them in a shell and in a file. */
@NullMarked
package io.hostfirewall.ruleset.packet;

import org.jspecify.annotations.NullMarked;

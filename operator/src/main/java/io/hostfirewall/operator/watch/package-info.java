/** Informers whose caches the reconcilers read. */
@NullMarked
package io.hostfirewall.operator.watch;

import org.jspecify.annotations.NullMarked;

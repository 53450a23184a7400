/** Claims about the API, tried on a real API server. */
@NullMarked
package io.hostfirewall.e2e.cluster;

import org.jspecify.annotations.NullMarked;

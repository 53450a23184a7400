/** The API of Host Firewall, {@code hostfirewall.io/v1alpha1}, as records. */
@NullMarked
package io.hostfirewall.api.v1alpha1;

import org.jspecify.annotations.NullMarked;

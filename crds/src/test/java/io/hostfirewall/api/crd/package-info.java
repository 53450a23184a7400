/** Makes and judges the CRD YAML of the API's kinds. */
@NullMarked
package io.hostfirewall.api.crd;

import org.jspecify.annotations.NullMarked;

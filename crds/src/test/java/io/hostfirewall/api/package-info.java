/** Tests of the API module as a whole. */
@NullMarked
package io.hostfirewall.api;

import org.jspecify.annotations.NullMarked;

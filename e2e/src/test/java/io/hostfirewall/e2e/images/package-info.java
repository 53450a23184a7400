/** What stands in the images that {@code make images} builds. */
@NullMarked
package io.hostfirewall.e2e.images;

import org.jspecify.annotations.NullMarked;

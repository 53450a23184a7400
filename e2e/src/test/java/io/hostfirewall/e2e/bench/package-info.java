/** Measures the budgets, on the real things. Nothing here is a test. */
@NullMarked
package io.hostfirewall.e2e.bench;

import org.jspecify.annotations.NullMarked;

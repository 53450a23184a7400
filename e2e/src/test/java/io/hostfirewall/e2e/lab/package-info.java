/** What tests on a real kernel stand on: the sandbox, network namespaces, raw packets. */
@NullMarked
package io.hostfirewall.e2e.lab;

import org.jspecify.annotations.NullMarked;

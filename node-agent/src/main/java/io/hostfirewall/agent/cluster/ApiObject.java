package io.hostfirewall.agent.cluster;

import org.jspecify.annotations.Nullable;

/** An object of the API: of its metadata what an agent needs, and spec and status by their kind. */
record ApiObject<S, T>(Metadata metadata, @Nullable S spec, @Nullable T status) {

  record Metadata(String name, String uid, long generation) {}
}

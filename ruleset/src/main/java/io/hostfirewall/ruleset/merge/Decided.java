package io.hostfirewall.ruleset.merge;

import io.hostfirewall.ruleset.model.Origin;

/** A value, and who set it. */
public record Decided<T>(T value, Origin origin) {}

package io.hostfirewall.agent.health;

/** What the agent tells of itself. */
public record Telemetry(Health health, Metrics metrics) {}

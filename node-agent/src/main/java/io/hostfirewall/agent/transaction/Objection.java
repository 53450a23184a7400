package io.hostfirewall.agent.transaction;

/**
 * Why rules must not be confirmed.
 *
 * @param sentence what was found, for people
 */
public record Objection(Outcome.Why why, String sentence) {}

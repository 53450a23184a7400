package io.hostfirewall.agent.loop;

/**
 * Something about this node that its status says as a condition as long as the agent runs.
 *
 * @param type of the condition, which is True
 * @param reason one word in CamelCase
 */
public record Remark(String type, String reason, String message) {}

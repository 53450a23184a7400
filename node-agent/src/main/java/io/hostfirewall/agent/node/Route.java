package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;

/** A route of the main table: packets to the network leave by the device. */
public record Route(Cidr network, String device) {}

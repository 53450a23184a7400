package io.hostfirewall.e2e.kernel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A class of claims that hold for iptables-nft and iptables-legacy, for IPv4 and IPv6. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@MethodSource("io.hostfirewall.e2e.kernel.Setting#all")
@interface OnEveryBackEndAndFamily {}

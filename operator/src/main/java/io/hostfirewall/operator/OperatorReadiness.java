package io.hostfirewall.operator;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once the caches are filled. A watch that breaks and comes back does not make it unready.
 */
@Readiness
@ApplicationScoped
class OperatorReadiness implements HealthCheck {

  private final OperatorProcess process;

  OperatorReadiness(OperatorProcess process) {
    this.process = process;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("controllers").status(process.started()).build();
  }
}

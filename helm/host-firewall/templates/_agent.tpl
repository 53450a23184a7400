{{/* The file that the operator reads; it refuses a key that it does not know. */}}
{{- define "host-firewall.agentConfig" -}}
{{- $agent := .Values.agent -}}
{{- $secrets := list -}}
{{- range .Values.imagePullSecrets }}{{ $secrets = append $secrets .name }}{{ end -}}
name: {{ include "host-firewall.agent" . }}
image: {{ include "host-firewall.image" (list . $agent.image) | quote }}
imagePullPolicy: {{ $agent.image.pullPolicy }}
imagePullSecrets: {{ toJson $secrets }}
serviceAccountName: {{ include "host-firewall.agent" . }}
privileged: {{ $agent.privileged }}
backend: {{ $agent.backend }}
trialSeconds: {{ int $agent.trialSeconds }}
uplinks: {{ toJson $agent.uplinks }}
podInterfaces: {{ toJson $agent.podInterfaces }}
adminNetworks: {{ toJson $agent.adminNetworks }}
apiServerFrom: {{ toJson $agent.apiServerFrom }}
health:
  address: {{ quote $agent.health.address }}
  port: {{ int $agent.health.port }}
logging:
  target: {{ $agent.logging.target }}
  group: {{ int $agent.logging.group }}
boot:
  enabled: {{ $agent.boot.enabled }}
stateFolder: {{ quote $agent.stateFolder }}
hostPathXtablesLock: {{ quote $agent.hostPathXtablesLock }}
priorityClassName: {{ quote $agent.priorityClassName }}
maxUnavailable: {{ toJson $agent.maxUnavailable }}
terminationGracePeriodSeconds: {{ int $agent.terminationGracePeriodSeconds }}
nodeSelector: {{ toJson $agent.nodeSelector }}
tolerations: {{ toJson $agent.tolerations }}
affinity: {{ toJson $agent.affinity }}
resources: {{ toJson $agent.resources }}
extraEnv: {{ toJson $agent.extraEnv }}
podLabels: {{ toJson $agent.podLabels }}
podAnnotations: {{ toJson $agent.podAnnotations }}
labels: {{ toJson .Values.commonLabels }}
{{- end -}}

{{- define "host-firewall.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What all names begin with; the longest suffix is that of a ValidatingAdmissionPolicy. */}}
{{- define "host-firewall.fullname" -}}
{{- default (printf "%s-%s" .Release.Name (include "host-firewall.name" .)) .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "host-firewall.operator" -}}
{{- include "host-firewall.fullname" . }}-operator
{{- end -}}

{{- define "host-firewall.agent" -}}
{{- include "host-firewall.fullname" . }}-agent
{{- end -}}

{{- define "host-firewall.uninstall" -}}
{{- include "host-firewall.fullname" . }}-uninstall
{{- end -}}

{{/* What never changes during the life of a release. Takes (list $ COMPONENT). */}}
{{- define "host-firewall.selectorLabels" -}}
{{- $root := first . -}}
app.kubernetes.io/name: {{ include "host-firewall.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{/* Takes (list $ COMPONENT) or (list $ COMPONENT FURTHER-LABELS); what selectors look for is not to be overridden. */}}
{{- define "host-firewall.labels" -}}
{{- $root := first . -}}
{{- $labels := include "host-firewall.selectorLabels" (list $root (index . 1)) | fromYaml -}}
{{- if gt (len .) 2 }}{{ $labels = merge $labels (index . 2) }}{{ end -}}
{{- $labels = merge $labels $root.Values.commonLabels -}}
{{- $chart := printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- toYaml (merge $labels (dict
  "app.kubernetes.io/part-of" "host-firewall"
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" $chart)) -}}
{{- end -}}

{{/* Takes (list $ IMAGE). */}}
{{- define "host-firewall.image" -}}
{{- $root := first . -}}
{{- $image := last . -}}
{{- with $root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ default $root.Chart.AppVersion $image.tag }}{{ end -}}
{{- end -}}

{{/* The security context of a pod that needs nothing from its node. */}}
{{- define "host-firewall.restrictedPod" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "host-firewall.restrictedContainer" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* A token of an hour, where Kubernetes' own would be valid for a year. */}}
{{- define "host-firewall.tokenVolume" -}}
- name: token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                apiVersion: v1
                fieldPath: metadata.namespace
{{- end -}}

{{- define "host-firewall.tokenMount" -}}
- name: token
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end -}}

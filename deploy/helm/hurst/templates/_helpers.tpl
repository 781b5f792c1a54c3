{{/* Names, labels and addresses. Service helpers take (dict "root" $ "name" "datagen"). */}}

{{- define "hurst.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change: what selectors use. */}}
{{- define "hurst.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "hurst.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: hurst
{{ include "hurst.selectorLabels" . }}
{{- end -}}

{{- define "hurst.metadata" -}}
name: {{ include "hurst.fullname" .root }}-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "hurst.labels" . | nindent 2 }}
{{- end -}}

{{- define "hurst.secretName" -}}
{{- .Values.secret.existing | default (printf "%s-secret" (include "hurst.fullname" .)) -}}
{{- end -}}

{{/* Where the servers are: what values say, else the dev servers, else an error that says what to give. */}}
{{- define "hurst.address" -}}
{{- if .given -}}
{{- .given -}}
{{- else if .root.Values.dev.enabled -}}
{{- printf .dev (include "hurst.fullname" .root) -}}
{{- else -}}
{{- fail (printf "%s is empty: give the address of the server to use, or set dev.enabled for a throwaway one" .key) -}}
{{- end -}}
{{- end -}}

{{- define "hurst.natsUser" -}}
{{- .Values.nats.user | default (ternary "hurst" "" .Values.dev.enabled) -}}
{{- end -}}

{{- define "hurst.s3AccessKey" -}}
{{- .Values.s3.accessKey | default (ternary "hurst" "" .Values.dev.enabled) -}}
{{- end -}}

{{/* Keys of the Secret that are in use, as JSON: {"nats-password": "natsPassword", …}. */}}
{{- define "hurst.secretKeys" -}}
{{- $keys := dict -}}
{{- if include "hurst.natsUser" . }}{{ $_ := set $keys "nats-password" "natsPassword" }}{{ end -}}
{{- if or .Values.redis.auth .Values.dev.enabled }}{{ $_ := set $keys "redis-password" "redisPassword" }}{{ end -}}
{{- if include "hurst.s3AccessKey" . }}{{ $_ := set $keys "s3-secret-key" "s3SecretKey" }}{{ end -}}
{{- $keys | toJson -}}
{{- end -}}

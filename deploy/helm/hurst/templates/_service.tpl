{{/* A service of ours: its ConfigMap and its Deployment. Takes (dict "root" $ "name" "datagen"). */}}
{{- define "hurst.service" -}}
{{- $service := get .root.Values.services .name -}}
{{- $autoscaling := $service.autoscaling | default dict -}}
{{- $config := include "hurst.config" . -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "hurst.metadata" . | nindent 2 }}
data:
  config.yaml: |
    {{- $config | nindent 4 }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "hurst.metadata" . | nindent 2 }}
spec:
  {{- if not $autoscaling.enabled }}
  replicas: {{ $service.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  selector:
    matchLabels:
      {{- include "hurst.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "hurst.selectorLabels" . | nindent 8 }}
      annotations:
        checksum/config: {{ sha256sum $config }}
        {{- with .root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- $spec := include "hurst.podSpec" . | fromYaml }}
      {{- mergeOverwrite $spec (deepCopy ($service.podSpec | default dict)) | toYaml | nindent 6 }}
{{- end -}}

{{- define "hurst.podSpec" -}}
{{- $v := .root.Values -}}
{{- $service := get $v.services .name -}}
serviceAccountName: {{ include "hurst.fullname" .root }}
automountServiceAccountToken: false
{{- /* Service links would put HURST_… variables of the cluster's making beside those that configure us. */}}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ add (int $service.grace) 10 }}
securityContext:
  {{- include "hurst.podSecurity" . | nindent 2 }}
{{- with $v.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ .name }}
    image: {{ printf "%s:%s" $v.image.repository ($v.image.tag | default .root.Chart.AppVersion) | quote }}
    imagePullPolicy: {{ $v.image.pullPolicy }}
    command: [/usr/local/bin/{{ .name }}]
    args: [--config, /etc/hurst/config.yaml]
    {{- with $service.extraEnv }}
    env:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - {name: admin, containerPort: 8081, protocol: TCP}
      {{- if eq .name "gateway" }}
      - {name: http, containerPort: 8080, protocol: TCP}
      {{- end }}
    {{- if eq .name "gateway" }}
    lifecycle:
      preStop:
        sleep: {seconds: 5} # until the endpoint is gone everywhere
    {{- end }}
    startupProbe:
      httpGet: {path: /healthz, port: admin}
      periodSeconds: 1
      failureThreshold: 60
    livenessProbe:
      httpGet: {path: /healthz, port: admin}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 3
    readinessProbe:
      httpGet: {path: /readyz, port: admin}
      periodSeconds: 5
      timeoutSeconds: 3
    resources:
      {{- toYaml $service.resources | nindent 6 }}
    securityContext:
      {{- include "hurst.containerSecurity" . | nindent 6 }}
    volumeMounts:
      - {name: config, mountPath: /etc/hurst/config.yaml, subPath: config.yaml, readOnly: true}
      {{- if ne (include "hurst.secretKeys" .root) "{}" }}
      - {name: secrets, mountPath: /etc/hurst/secrets, readOnly: true}
      {{- end }}
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: config
    configMap:
      name: {{ include "hurst.fullname" .root }}-{{ .name }}
  {{- if ne (include "hurst.secretKeys" .root) "{}" }}
  - name: secrets
    secret:
      secretName: {{ include "hurst.secretName" .root }}
      defaultMode: 0440
      items:
        {{- range $key, $_ := include "hurst.secretKeys" .root | fromJson }}
        - {key: {{ $key }}, path: {{ $key }}}
        {{- end }}
  {{- end }}
  - name: tmp
    emptyDir: {sizeLimit: 1Gi}
{{- end -}}

{{- define "hurst.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "hurst.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Never more than one pod at a time is taken away on purpose. */}}
{{- define "hurst.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "hurst.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "hurst.selectorLabels" . | nindent 6 }}
{{- end -}}

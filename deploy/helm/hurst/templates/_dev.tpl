{{/* A dev server: its Service and StatefulSet of one pod. Takes root, name, image, port, and as
     YAML text: container (command, args, env) and probe. */}}
{{- define "hurst.devServer" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "hurst.metadata" . | nindent 2 }}
spec:
  selector:
    {{- include "hurst.selectorLabels" . | nindent 4 }}
  ports:
    - {name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }}, protocol: TCP}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "hurst.metadata" . | nindent 2 }}
spec:
  serviceName: {{ include "hurst.fullname" .root }}-{{ .name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "hurst.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "hurst.selectorLabels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "hurst.fullname" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        {{- include "hurst.podSecurity" . | nindent 8 }}
      containers:
        - name: {{ .name }}
          image: {{ get .root.Values.dev.images .name | quote }}
          {{- .container | nindent 10 }}
          readinessProbe:
            {{- .probe | nindent 12 }}
            periodSeconds: 2
          resources:
            requests: {cpu: 50m, memory: 64Mi}
            limits: {memory: 512Mi}
          securityContext:
            {{- include "hurst.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- if not .root.Values.dev.storage }}
        - name: data
          emptyDir: {}
        {{- end }}
  {{- with .root.Values.dev.storage }}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: {{ . }}
  {{- end }}
{{- end -}}

{{- define "hurst.devPassword" -}}
valueFrom:
  secretKeyRef:
    name: {{ include "hurst.secretName" .root }}
    key: {{ .key }}
{{- end -}}

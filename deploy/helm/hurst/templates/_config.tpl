{{/* The configuration file of a service: what all share, then its own `config` on top. Secrets
     are named by file and never stand in it. */}}
{{- define "hurst.config" -}}
{{- $v := .root.Values -}}
{{- $service := get $v.services .name -}}
{{- $secrets := include "hurst.secretKeys" .root | fromJson -}}
{{- $s3 := dict
      "endpoint" (include "hurst.address" (dict "root" .root "key" "s3.endpoint" "given" $v.s3.endpoint "dev" "http://%s-s3:9000"))
      "bucket" $v.s3.bucket
      "region" $v.s3.region -}}
{{- with include "hurst.s3AccessKey" .root }}{{ $_ := set $s3 "access_key" . }}{{ end -}}
{{- if hasKey $secrets "s3-secret-key" }}{{ $_ := set $s3 "secret_key_file" "/etc/hurst/secrets/s3-secret-key" }}{{ end -}}
{{- $config := dict
      "nats_url" (include "hurst.address" (dict "root" .root "key" "nats.url" "given" $v.nats.url "dev" "nats://%s-nats:4222"))
      "redis_addr" (include "hurst.address" (dict "root" .root "key" "redis.addr" "given" $v.redis.addr "dev" "%s-redis:6379"))
      "s3" $s3
      "admin_listen" ":8081"
      "log_level" $v.telemetry.logLevel
      "log_format" "json"
      "grace" (printf "%ds" (int $service.grace)) -}}
{{- with include "hurst.natsUser" .root }}{{ $_ := set $config "nats_user" . }}{{ end -}}
{{- if hasKey $secrets "nats-password" }}{{ $_ := set $config "nats_password_file" "/etc/hurst/secrets/nats-password" }}{{ end -}}
{{- if hasKey $secrets "redis-password" }}{{ $_ := set $config "redis_password_file" "/etc/hurst/secrets/redis-password" }}{{ end -}}
{{- with $v.telemetry.otlpEndpoint }}{{ $_ := set $config "otlp_endpoint" . }}{{ end -}}
{{- if eq .name "gateway" }}{{ $_ := set $config "listen" ":8080" }}{{ end -}}
{{- include "hurst.refuse" . -}}
{{- mergeOverwrite $config (deepCopy ($service.config | default dict)) | toYaml -}}
{{- end -}}

{{/* What `config` may not say: secrets, and what probes, ports and the pod's own grace rest on. */}}
{{- define "hurst.refuse" -}}
{{- $name := .name -}}
{{- $config := (get .root.Values.services $name).config | default dict -}}
{{- range $key := list "nats_password" "redis_password" -}}
{{- if hasKey $config $key }}{{ fail (printf "services.%s.config.%s: passwords belong into the Secret, see secret in values.yaml" $name $key) }}{{ end -}}
{{- end -}}
{{- if hasKey ($config.s3 | default dict) "secret_key" }}{{ fail (printf "services.%s.config.s3.secret_key: it belongs into the Secret, see secret in values.yaml" $name) }}{{ end -}}
{{- range $key := list "grace" "admin_listen" "listen" -}}
{{- if hasKey $config $key }}{{ fail (printf "services.%s.config.%s: the chart sets it, because probes and the pod's own deadline depend on it" $name $key) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* worker.conf. What counts at once or after a new connection is in a ConfigMap; what needs a start is in the arguments. */}}

{{- define "omd-worker.configFolder" -}}/etc/omd-worker/conf{{- end -}}
{{- define "omd-worker.keyFolder" -}}/etc/omd-worker/key{{- end -}}
{{- define "omd-worker.tlsFolder" -}}/etc/omd-worker/tls{{- end -}}
{{- define "omd-worker.secretFolder" -}}/etc/omd-worker/secrets{{- end -}}
{{- define "omd-worker.handlerLogFolder" -}}/var/log/omd-worker{{- end -}}

{{/* `host` and `host:port` → `host:port`, as the worker names it in metrics. */}}
{{- define "omd-worker.serverAddress" -}}
{{- ternary . (printf "%s:4730" .) (regexMatch ":[0-9]+$" .) -}}
{{- end -}}

{{- define "omd-worker.gearmandAddress" -}}
{{- printf "%s.%s.svc:4730" (include "omd-worker.fullname" (dict "root" . "suffix" "gearmand")) .Release.Namespace -}}
{{- end -}}

{{/* All job servers, as YAML. */}}
{{- define "omd-worker.servers" -}}
{{- $servers := list -}}
{{- range .Values.gearman.servers -}}
{{-   $servers = append $servers (include "omd-worker.serverAddress" .) -}}
{{- end -}}
{{- if .Values.gearmand.enabled -}}
{{-   $servers = append $servers (include "omd-worker.gearmandAddress" .) -}}
{{- end -}}
{{- toYaml (uniq $servers) -}}
{{- end -}}

{{/* The Secret that has the key; empty: no encryption. */}}
{{- define "omd-worker.keySecret" -}}
{{- if .Values.gearman.encryption -}}
{{- .Values.gearman.existingSecret | default (include "omd-worker.fullname" (dict "root" . "suffix" "gearman-key")) -}}
{{- end -}}
{{- end -}}

{{/* The options of TLS of a worker and of the tools, as YAML; empty without. */}}
{{- define "omd-worker.tlsOptions" -}}
{{- $options := dict -}}
{{- with .Values.gearman.tls -}}
{{-   if .enabled -}}
{{-     $folder := include "omd-worker.tlsFolder" $ -}}
{{-     $options = dict "tls" "on" "tls_ca_file" (printf "%s/ca.crt" $folder) -}}
{{-     if .clientCertificate -}}
{{-       $options = merge $options (dict "tls_certificate" (printf "%s/tls.crt" $folder) "tls_key" (printf "%s/tls.key" $folder)) -}}
{{-     end -}}
{{-     if .serverName -}}
{{-       $options = set $options "tls_server_name" .serverName -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- toYaml $options -}}
{{- end -}}

{{/* The worker's options as they concern the chart (helm/render/schema/worker-config.ts), as JSON. */}}
{{- define "omd-worker.options" -}}
{{- .Files.Get "files/worker-options.json" -}}
{{- end -}}

{{/* One option as lines of worker.conf, a line for each member of a list. (dict "name" "value") */}}
{{- define "omd-worker.setting" -}}
{{- $name := .name -}}
{{- range (kindIs "slice" .value | ternary .value (list .value)) }}
{{- if kindIs "bool" . }}
{{ $name }}={{ ternary "on" "off" . }}
{{- else if kindIs "string" . }}
{{ $name }}={{ . }}
{{- else }}
{{ $name }}={{ toJson . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The options of a pool that count at a start only (`restart`), or all others, as lines. (… "restart" true|false) */}}
{{- define "omd-worker.settings" -}}
{{- $options := include "omd-worker.options" .root | fromJson -}}
{{- range $name, $value := .pool.config -}}
{{-   if eq $.restart (eq (dig $name "reload" "" $options) "restart") -}}
{{-     include "omd-worker.setting" (dict "name" $name "value" $value) -}}
{{-   end -}}
{{- end -}}
{{- end -}}

{{/* The file of a pool. */}}
{{- define "omd-worker.conf" -}}
{{- $gearman := .root.Values.gearman -}}
{{- $queues := include "omd-worker.queues" (dict "queues" .pool.queues) | fromYaml -}}
# The pool {{ .name }}, rendered by the chart.
{{- include "omd-worker.setting" (dict "name" "server" "value" (include "omd-worker.servers" .root | fromYamlArray)) }}
{{- include "omd-worker.setting" (dict "name" "dupserver" "value" $gearman.dupservers) }}
{{- include "omd-worker.setting" (dict "name" "encryption" "value" $gearman.encryption) }}
{{- if $gearman.encryption }}
keyfile={{ include "omd-worker.keyFolder" . }}/gearman.key
{{- range $index, $_ := $gearman.acceptedKeys }}
accepted_keyfile={{ include "omd-worker.keyFolder" $ }}/accepted-{{ $index }}.key
{{- end }}
{{- if $gearman.dupserverKey }}
dupserver_keyfile={{ include "omd-worker.keyFolder" . }}/dupserver.key
{{- end }}
{{- end }}
{{- range $name, $value := include "omd-worker.tlsOptions" .root | fromYaml }}
{{ $name }}={{ $value }}
{{- end }}
{{- range $option := list "hosts" "services" "eventhandler" "notifications" }}
{{- include "omd-worker.setting" (dict "name" $option "value" (index $.pool.queues $option)) }}
{{- end }}
{{- include "omd-worker.setting" (dict "name" "hostgroups" "value" $queues.hostgroups) }}
{{- include "omd-worker.setting" (dict "name" "servicegroups" "value" $queues.servicegroups) }}
{{- if .pool.credentials.secretDir }}
secret_dir={{ include "omd-worker.secretFolder" . }}
{{- end }}
{{- if and .root.Values.stage (not (hasKey .pool.config "stage")) }}
stage={{ .root.Values.stage }}
{{- end }}
{{- include "omd-worker.setting" (dict "name" "reload_on_change" "value" (eq .pool.configChange "reload")) }}
{{- include "omd-worker.settings" (dict "root" .root "pool" .pool "restart" false) }}
{{ end -}}

{{/* The arguments of a pool's worker. */}}
{{- define "omd-worker.args" -}}
- --config={{ include "omd-worker.configFolder" . }}/worker.conf
- --prometheus_server=:{{ .root.Values.metrics.port | int64 }}
{{- if .pool.handlerLog.enabled }}
- --eventhandler_log={{ include "omd-worker.handlerLogFolder" . }}/$(POD_NAME).jsonl
{{- end }}
{{- range include "omd-worker.settings" (dict "root" .root "pool" .pool "restart" true) | trim | splitList "\n" }}
{{- if . }}
- {{ printf "--%s" . | quote }}
{{- end }}
{{- end }}
{{- range .pool.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/*
What the pods of a pool depend on and do not watch: with `configChange: rollout` the file and the key, if the chart has it.
*/}}
{{- define "omd-worker.checksums" -}}
{{- if eq .pool.configChange "rollout" -}}
checksum/config: {{ include "omd-worker.conf" . | sha256sum }}
{{- if and .root.Values.gearman.encryption .root.Values.gearman.key }}
checksum/key: {{ .root.Values.gearman.key | sha256sum }}
{{- end }}
{{- end -}}
{{- end -}}

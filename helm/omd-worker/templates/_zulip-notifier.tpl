{{/* The two containers of zulip-notifier. */}}

{{/* The notifier's file. Nothing in the pod gives it a HUP, so it is what the pod depends on. */}}
{{- define "omd-worker.zulipConf" -}}
# Rendered by the chart.
{{- if not (regexMatch "(?m)^\\s*zuliprc\\s*=" .program.config) }}
api_key_file={{ include "omd-worker.secretFolder" . }}/api-key
{{- end }}
# A folder of its own: that of a volume can be written by a group.
spool={{ include "omd-worker.programFolder" . }}/zulip
{{- include "omd-worker.programStage" . }}
{{ .program.config | trim }}
{{- end -}}

{{/* The worker beside the notifier as a pool: with the queue of notifications and no other, as YAML. */}}
{{- define "omd-worker.notificationPool" -}}
{{- $queues := dict "hosts" false "services" false "eventhandler" false "notifications" true "hostgroups" list "servicegroups" list "custom" list -}}
{{- $own := dict "queues" $queues "configChange" "reload" "config" .program.worker.config "resources" .program.worker.resources -}}
{{- $none := dict "credentials" (dict "tlsSecret" "" "secretDir" list "files" list) "handlerLog" (dict "enabled" false) "extraArgs" list -}}
{{- include "omd-worker.overlay" (dict "base" .root.Values.poolDefaults "over" (merge $own $none)) -}}
{{- end -}}

{{/* (dict "root" "component" "program" "worker") */}}
{{- define "omd-worker.notificationWorker" -}}
{{- $zulip := dict "name" "OMD_ZULIP_CONFIG" "value" (printf "%s/zulip.conf" (include "omd-worker.configFolder" .)) -}}
name: worker
image: {{ .program.image | default (include "omd-worker.integrationsImage" .root) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  {{- include "omd-worker.args" .worker | nindent 2 }}
env:
  {{- include "omd-worker.programEnv" (dict "root" .root "program" .program "variables" (list $zulip)) | nindent 2 }}
{{- with .program.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: metrics
    containerPort: {{ .root.Values.metrics.port | int64 }}
    protocol: TCP
startupProbe:
  httpGet: { path: /livez, port: metrics }
  {{- toYaml .worker.pool.probes.startup | nindent 2 }}
livenessProbe:
  httpGet: { path: /livez, port: metrics }
  {{- toYaml .worker.pool.probes.liveness | nindent 2 }}
readinessProbe:
  httpGet: { path: /readyz, port: metrics }
  {{- toYaml .worker.pool.probes.readiness | nindent 2 }}
resources:
  {{- toYaml .program.worker.resources | nindent 2 }}
securityContext:
  {{- toYaml .program.securityContext | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: {{ include "omd-worker.configFolder" . }}
    readOnly: true
  - name: data
    mountPath: {{ include "omd-worker.programFolder" . }}
  - name: tmp
    mountPath: /tmp
  {{- with include "omd-worker.gearmanMounts" .root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if .root.Values.caBundle.configMap }}
  {{- include "omd-worker.caMount" .root | nindent 2 }}
  {{- end }}
  {{- with .program.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
The programs beside the workers: perfdata, zulip-bot and zulip-notifier. Helpers that are about one take
(dict "root" $ "component" NAME "program" VALUES).
*/}}

{{/* Those that are there by their component, each merged with programDefaults, as YAML. */}}
{{- define "omd-worker.programs" -}}
{{- $programs := dict -}}
{{- range $component, $key := dict "perfdata" "perfdata" "zulip-bot" "zulipBot" "zulip-notifier" "zulipNotifier" -}}
{{-   $given := index $.Values $key -}}
{{-   if $given.enabled -}}
{{-     $program := include "omd-worker.overlay" (dict "base" $.Values.programDefaults "over" $given) | fromYaml -}}
{{-     $_ := set $programs $component (set $program "key" $key) -}}
{{-   end -}}
{{- end -}}
{{- toYaml $programs -}}
{{- end -}}

{{/* The release's stage as a line, unless the program's own lines name one. */}}
{{- define "omd-worker.programStage" -}}
{{- if and .root.Values.stage (not (regexMatch "(?m)^\\s*stage\\s*=" .program.config)) }}
stage={{ .root.Values.stage }}
{{- end }}
{{- end -}}

{{- define "omd-worker.programName" -}}
{{- include "omd-worker.fullname" (dict "root" .root "suffix" .component) -}}
{{- end -}}

{{/* The metrics of a program by port: {metrics: 9050}. The notifier has a worker beside it, whose port has that name. As YAML. */}}
{{- define "omd-worker.programPorts" -}}
metrics: {{ .root.Values.metrics.port | int64 }}
{{- if eq .component "zulip-notifier" }}
notifier: {{ .program.metricsPort | int64 }}
{{- end }}
{{- end -}}

{{/* Where a program keeps what must not be lost. */}}
{{- define "omd-worker.programFolder" -}}
{{- index (dict "perfdata" "/var/spool/omd-perfdata" "zulip-bot" "/var/lib/omd-worker/zulip-bot" "zulip-notifier" "/var/spool/omd-worker") .component -}}
{{- end -}}

{{/* The variables of a program. (… ["variables"]) */}}
{{- define "omd-worker.programEnv" -}}
{{- $own := concat (include "omd-worker.caVariables" .root | fromYamlArray) (.variables | default list) -}}
{{- include "omd-worker.variables" (concat $own .program.extraEnv) -}}
{{- end -}}

{{/* What a container has that is not its volumes or its resources. (… "container" "args" "port" ["variables"]) */}}
{{- define "omd-worker.programContainer" -}}
name: {{ .container }}
image: {{ .program.image | default (include "omd-worker.integrationsImage" .root) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  {{- range concat .args .program.extraArgs }}
  - {{ . | quote }}
  {{- end }}
{{- with include "omd-worker.programEnv" . | trim }}
env:
  {{- . | nindent 2 }}
{{- end }}
{{- with .program.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: {{ .port }}
    containerPort: {{ index (include "omd-worker.programPorts" . | fromYaml) .port | int64 }}
    protocol: TCP
livenessProbe:
  httpGet: { path: /livez, port: {{ .port }} }
  periodSeconds: 20
  timeoutSeconds: 5
readinessProbe:
  httpGet: { path: /readyz, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
resources:
  {{- toYaml .program.resources | nindent 2 }}
securityContext:
  {{- toYaml .program.securityContext | nindent 2 }}
volumeMounts:
  {{- include "omd-worker.programMounts" . | nindent 2 }}
{{- end -}}

{{/* All mounts of a program's container. */}}
{{- define "omd-worker.programMounts" -}}
- name: config
  mountPath: {{ include "omd-worker.configFolder" . }}
  readOnly: true
- name: data
  mountPath: {{ include "omd-worker.programFolder" . }}
{{- if .program.existingSecret }}
- name: secrets
  mountPath: {{ include "omd-worker.secretFolder" . }}
  readOnly: true
{{- end }}
{{- if eq .component "perfdata" }}
{{ include "omd-worker.gearmanMounts" .root }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caMount" .root }}
{{- end }}
{{- with .program.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What a connection to the job servers needs. */}}
{{- define "omd-worker.gearmanMounts" -}}
{{- if .Values.gearman.encryption }}
- name: key
  mountPath: {{ include "omd-worker.keyFolder" . }}
  readOnly: true
{{- end }}
{{- if .Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsMount" . }}
{{- end }}
{{- end -}}

{{/* All volumes of a program's pod. (… "size": of its own one without a claim, ["tmp"]: the size of one for /tmp) */}}
{{- define "omd-worker.programVolumes" -}}
- name: config
  configMap:
    name: {{ include "omd-worker.programName" . }}
- name: data
  {{- if .program.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .program.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .size }}
  {{- end }}
{{- with .tmp }}
- name: tmp
  emptyDir:
    sizeLimit: {{ . }}
{{- end }}
{{- with .program.existingSecret }}
- name: secrets
  secret:
    secretName: {{ . }}
    defaultMode: 288 # 0440, which YAML 1.2 reads as a decimal number
{{- end }}
{{- if ne .component "zulip-bot" }}
{{- if .root.Values.gearman.encryption }}
{{ include "omd-worker.keyVolume" .root }}
{{- end }}
{{- if .root.Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsVolume" (dict "root" .root) }}
{{- end }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caVolume" .root }}
{{- end }}
{{- with .program.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What a program reads at a start only, as annotations of its pod: its file, and a key that the chart has. (… "conf") */}}
{{- define "omd-worker.programChecksums" -}}
checksum/config: {{ .conf | sha256sum }}
{{- if and (eq .component "perfdata") .root.Values.gearman.encryption .root.Values.gearman.key }}
checksum/key: {{ .root.Values.gearman.key | sha256sum }}
{{- end }}
{{- end -}}

{{/* The Deployment of a program: one pod. (… "conf" "containers" "volumes" "seconds": to end, ["alone"]: never two at a time) */}}
{{- define "omd-worker.programDeployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "omd-worker.metadata" (dict "root" .root "name" (include "omd-worker.programName" .) "component" .component "annotations" .program.annotations) | nindent 2 }}
spec:
  replicas: 1
  {{- if .alone }}
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      {{- include "omd-worker.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "omd-worker.selectorLabels" . | nindent 8 }}
        {{- with merge (dict) .program.podLabels .root.Values.commonLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- include "omd-worker.programChecksums" . | nindent 8 }}
        {{- with .program.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "omd-worker.serviceAccountName" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with include "omd-worker.pullSecrets" .root | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ .seconds }}
      securityContext:
        {{- toYaml .program.podSecurityContext | nindent 8 }}
      {{- with include "omd-worker.placement" .program | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .program.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .program.initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        {{- toYaml (concat .containers .program.sidecars) | nindent 8 }}
      volumes:
        {{- include "omd-worker.programVolumes" . | nindent 8 }}
{{- end -}}

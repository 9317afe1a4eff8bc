{{/* Volumes and mounts of a pool's worker. */}}

{{/* Entries of a Secret or ConfigMap in a projected volume. */}}
{{- define "omd-worker.projection" -}}
name: {{ .name }}
{{- with .items }}
items:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .optional }}
optional: true
{{- end }}
{{- end -}}

{{- define "omd-worker.keyVolume" -}}
- name: key
  secret:
    secretName: {{ include "omd-worker.keySecret" . }}
    defaultMode: 288 # 0440, which YAML 1.2 reads as a decimal number
    items:
      - key: {{ ternary .Values.gearman.existingSecretKey "key" (ne .Values.gearman.existingSecret "") }}
        path: gearman.key
      {{- range $index, $entry := .Values.gearman.acceptedKeys }}
      - key: {{ $entry }}
        path: accepted-{{ $index }}.key
      {{- end }}
      {{- with .Values.gearman.dupserverKey }}
      - key: {{ . }}
        path: dupserver.key
      {{- end }}
{{- end -}}

{{/* Certificates for the job servers. (dict "root" "secret"); without a Secret that of the release. */}}
{{- define "omd-worker.tlsVolume" -}}
- name: tls
  secret:
    secretName: {{ .secret | default .root.Values.gearman.tls.existingSecret }}
    defaultMode: 288 # 0440, which YAML 1.2 reads as a decimal number
    items:
      - key: ca.crt
        path: ca.crt
      {{- if .root.Values.gearman.tls.clientCertificate }}
      - key: tls.crt
        path: tls.crt
      - key: tls.key
        path: tls.key
      {{- end }}
{{- end -}}

{{- define "omd-worker.tlsMount" -}}
- name: tls
  mountPath: {{ include "omd-worker.tlsFolder" . }}
  readOnly: true
{{- end -}}

{{- define "omd-worker.caVolume" -}}
- name: ca
  configMap:
    name: {{ .Values.caBundle.configMap }}
    items:
      - key: {{ .Values.caBundle.key }}
        path: ca.crt
{{- end -}}

{{- define "omd-worker.volumes" -}}
- name: config
  configMap:
    name: {{ include "omd-worker.poolName" . }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .pool.tmp.sizeLimit }}
    {{- with .pool.tmp.medium }}
    medium: {{ . }}
    {{- end }}
{{- if .pool.handlerLog.enabled }}
- name: handler-log
  {{- if .pool.handlerLog.existingClaim }}
  persistentVolumeClaim:
    claimName: {{ .pool.handlerLog.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ .pool.handlerLog.sizeLimit }}
  {{- end }}
{{- end }}
{{- if .root.Values.gearman.encryption }}
{{ include "omd-worker.keyVolume" .root }}
{{- end }}
{{- if .root.Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsVolume" (dict "root" .root "secret" .pool.credentials.tlsSecret) }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caVolume" .root }}
{{- end }}
{{- with .pool.credentials.secretDir }}
- name: secrets
  projected:
    defaultMode: 288 # 0440, which YAML 1.2 reads as a decimal number
    sources:
      {{- range . }}
      - secret:
          {{- include "omd-worker.projection" . | nindent 10 }}
      {{- end }}
{{- end }}
{{- range $index, $file := .pool.credentials.files }}
- name: files-{{ $index }}
  projected:
    defaultMode: 288 # 0440, which YAML 1.2 reads as a decimal number
    sources:
      - {{ ternary "secret" "configMap" (hasKey $file "secret") }}:
          {{- include "omd-worker.projection" (merge (dict "name" ($file.secret | default $file.configMap)) $file) | nindent 10 }}
{{- end }}
{{- with .pool.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "omd-worker.mounts" -}}
- name: config
  mountPath: {{ include "omd-worker.configFolder" . }}
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if .pool.handlerLog.enabled }}
- name: handler-log
  mountPath: {{ include "omd-worker.handlerLogFolder" . }}
{{- end }}
{{- if .root.Values.gearman.encryption }}
- name: key
  mountPath: {{ include "omd-worker.keyFolder" . }}
  readOnly: true
{{- end }}
{{- if .root.Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsMount" . }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caMount" .root }}
{{- end }}
{{- if .pool.credentials.secretDir }}
- name: secrets
  mountPath: {{ include "omd-worker.secretFolder" . }}
  readOnly: true
{{- end }}
{{- range $index, $file := .pool.credentials.files }}
- name: files-{{ $index }}
  mountPath: {{ $file.mountPath }}
  readOnly: true
{{- end }}
{{- with .pool.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "omd-worker.caMount" -}}
- name: ca
  mountPath: /etc/omd-worker/ca
  readOnly: true
{{- end -}}

{{/* Node.js takes the first beside its own list, OpenSSL the second beside the system's folder. */}}
{{- define "omd-worker.caVariables" -}}
{{- if .Values.caBundle.configMap -}}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/omd-worker/ca/ca.crt
- name: SSL_CERT_FILE
  value: /etc/omd-worker/ca/ca.crt
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* Variables of a container, each once: of two of a name the later one counts. Helm 4 could not apply both. */}}
{{- define "omd-worker.variables" -}}
{{- $last := dict -}}
{{- range . -}}
{{-   $_ := set $last .name . -}}
{{- end -}}
{{- $names := list -}}
{{- $variables := list -}}
{{- range . -}}
{{-   if not (has .name $names) -}}
{{-     $names = append $names .name -}}
{{-     $variables = append $variables (get $last .name) -}}
{{-   end -}}
{{- end -}}
{{- with $variables -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* The name of the log of event handlers has the pod's: two pods must not write into one file. */}}
{{- define "omd-worker.handlerLogVariables" -}}
{{- if .pool.handlerLog.enabled -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{- define "omd-worker.env" -}}
{{- $own := concat (include "omd-worker.caVariables" .root | fromYamlArray) (include "omd-worker.handlerLogVariables" . | fromYamlArray) -}}
{{- include "omd-worker.variables" (concat $own .pool.extraEnv) -}}
{{- end -}}

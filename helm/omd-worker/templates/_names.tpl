{{/* Names and labels. Helpers that are about a pool take (dict "root" $ "name" NAME "pool" POOL). */}}

{{- define "omd-worker.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What all names begin with. */}}
{{- define "omd-worker.prefix" -}}
{{- .Values.fullnameOverride | default .Release.Name -}}
{{- end -}}

{{/* PREFIX-SUFFIX within LIMIT characters: the prefix is cut, as the suffix tells objects apart. (dict "root" "suffix" "limit") */}}
{{- define "omd-worker.cut" -}}
{{- $room := sub .limit (add (len .suffix) 1) | int -}}
{{- printf "%s-%s" (include "omd-worker.prefix" .root | trunc $room | trimSuffix "-") .suffix -}}
{{- end -}}

{{- define "omd-worker.fullname" -}}
{{- include "omd-worker.cut" (dict "root" .root "suffix" .suffix "limit" 63) -}}
{{- end -}}

{{- define "omd-worker.poolName" -}}
{{- include "omd-worker.fullname" (dict "root" .root "suffix" (printf "%s-worker" .name)) -}}
{{- end -}}

{{/* A CronJob's name is within 52 characters: Kubernetes appends eleven. */}}
{{- define "omd-worker.e2eName" -}}
{{- include "omd-worker.cut" (dict "root" .root "suffix" (printf "%s-e2e" .name) "limit" 52) -}}
{{- end -}}

{{- define "omd-worker.serviceAccountName" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else -}}
{{- ternary (include "omd-worker.fullname" (dict "root" . "suffix" "worker")) "default" .Values.serviceAccount.create -}}
{{- end -}}
{{- end -}}

{{/* What never changes for an object: selectors are made of it. (dict "root" "component") */}}
{{- define "omd-worker.selectorLabels" -}}
app.kubernetes.io/name: {{ include "omd-worker.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* The labels of objects. Pods do not have those with a version, so that a new chart does not replace them. */}}
{{- define "omd-worker.labels" -}}
{{ include "omd-worker.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: omd
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The metadata of an object. (dict "root" "name" "component" ["annotations"] ["labels"]) */}}
{{- define "omd-worker.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "omd-worker.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

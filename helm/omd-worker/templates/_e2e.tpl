{{/* End-to-end tests. Helpers that are about one take (dict "root" $ "test" TEST). */}}

{{/* Where the worker's program is brought. */}}
{{- define "omd-worker.e2eFolder" -}}/opt/omd-worker{{- end -}}

{{/* The variables of a test, for run-and-send. */}}
{{- define "omd-worker.e2eEnv" -}}
{{- $gearman := .root.Values.gearman -}}
{{- $options := dict "server" (include "omd-worker.servers" .root | fromYamlArray | join ",") "encryption" (ternary "yes" "no" $gearman.encryption) -}}
{{- if $gearman.encryption -}}
{{-   $_ := set $options "keyfile" (printf "%s/gearman.key" (include "omd-worker.keyFolder" .)) -}}
{{- end -}}
{{- $options = merge $options (include "omd-worker.tlsOptions" .root | fromYaml) -}}
{{- $options = merge $options (dict "host" .test.host "timeout" (.test.timeoutSeconds | int64) "exit_code" "delivered") -}}
{{- if .test.service -}}
{{-   $_ := set $options "service" .test.service -}}
{{- end -}}
{{- $variables := list (dict "name" "HOME" "value" "/tmp") -}}
{{- range $given := list $options .test.options -}}
{{-   range $option, $value := $given -}}
{{-     $name := printf "OMD_WORKER_%s" ($option | upper | replace "-" "_") -}}
{{-     $variables = append $variables (dict "name" $name "value" ($value | toString)) -}}
{{-   end -}}
{{- end -}}
{{- $variables = concat $variables (include "omd-worker.caVariables" .root | fromYamlArray) .test.extraEnv -}}
{{- include "omd-worker.variables" $variables -}}
{{- end -}}

{{- define "omd-worker.e2eMounts" -}}
- name: tmp
  mountPath: /tmp
- name: shm
  mountPath: /dev/shm
{{- if .test.bringWorker }}
- name: worker
  mountPath: {{ include "omd-worker.e2eFolder" . }}
  readOnly: true
{{- end }}
{{- if .root.Values.gearman.encryption }}
- name: key
  mountPath: {{ include "omd-worker.keyFolder" . }}
  readOnly: true
{{- end }}
{{- if .root.Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsMount" .root }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caMount" .root }}
{{- end }}
{{- with .test.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "omd-worker.e2eVolumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .test.tmpSize }}
- name: shm
  emptyDir:
    medium: Memory
    sizeLimit: {{ .test.shmSize }}
{{- if .test.bringWorker }}
- name: worker
  emptyDir:
    sizeLimit: 384Mi
{{- end }}
{{- if .root.Values.gearman.encryption }}
{{ include "omd-worker.keyVolume" .root }}
{{- end }}
{{- if .root.Values.gearman.tls.enabled }}
{{ include "omd-worker.tlsVolume" (dict "root" .root) }}
{{- end }}
{{- if .root.Values.caBundle.configMap }}
{{ include "omd-worker.caVolume" .root }}
{{- end }}
{{- with .test.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

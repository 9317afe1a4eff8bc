{{/* The variables of a test, for run-and-send. (dict "root" "test") */}}
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

{{/* The Secrets that must be there before a pod can start. They are read from the pods themselves, so none is forgotten. */}}

{{- define "omd-worker.templatesWithPods" -}}
- deployment.yaml
- e2e.yaml
- perfdata.yaml
- zulip-bot.yaml
- zulip-notifier.yaml
- tests/queues.yaml
{{- end -}}

{{/* As YAML: {NAME: [entries that are named, …]}. The one that the chart makes is not among them. */}}
{{- define "omd-worker.secrets" -}}
{{- $secrets := dict -}}
{{- range $file := include "omd-worker.templatesWithPods" . | fromYamlArray -}}
{{-   range include (printf "%s/%s" $.Template.BasePath $file) $ | splitList "\n---" -}}
{{-     range $found := include "omd-worker.secretsIn" (fromYaml .) | fromYamlArray -}}
{{-       $entries := get $secrets $found.name | default list -}}
{{-       $_ := set $secrets $found.name (concat $entries $found.entries | uniq) -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- if and .Values.gearman.encryption .Values.gearman.key -}}
{{-   $secrets = omit $secrets (include "omd-worker.keySecret" .) -}}
{{- end -}}
{{- toYaml $secrets -}}
{{- end -}}

{{/* Wherever an object names a Secret that it cannot do without, as YAML: [{name, entries}, …]. */}}
{{- define "omd-worker.secretsIn" -}}
{{- $found := list -}}
{{- if kindIs "slice" . -}}
{{-   range . -}}
{{-     $found = concat $found (include "omd-worker.secretsIn" . | fromYamlArray) -}}
{{-   end -}}
{{- else if kindIs "map" . -}}
{{-   range $key, $value := . -}}
{{-     if and (has $key (list "secret" "secretRef" "secretKeyRef")) (kindIs "map" $value) -}}
{{-       $entries := list -}}
{{-       range $value.items -}}
{{-         $entries = append $entries .key -}}
{{-       end -}}
{{-       with $value.key -}}
{{-         $entries = append $entries . -}}
{{-       end -}}
{{-       if not $value.optional -}}
{{-         $found = append $found (dict "name" ($value.secretName | default $value.name) "entries" $entries) -}}
{{-       end -}}
{{-     else if eq $key "imagePullSecrets" -}}
{{-       range $value -}}
{{-         $found = append $found (dict "name" .name "entries" (list ".dockerconfigjson")) -}}
{{-       end -}}
{{-     else -}}
{{-       $found = concat $found (include "omd-worker.secretsIn" $value | fromYamlArray) -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

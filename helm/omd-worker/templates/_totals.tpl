{{/* What the pods of a release take of a quota. */}}

{{/* `100m`, `2`, `0.5` → thousandths of a CPU */}}
{{- define "omd-worker.milli" -}}
{{- $text := . | toString -}}
{{- if hasSuffix "m" $text -}}
{{- trimSuffix "m" $text -}}
{{- else -}}
{{- mulf (float64 $text) 1000 | int64 -}}
{{- end -}}
{{- end -}}

{{/* `512Mi`, `1Gi`, `1G`, bytes → MiB, the part of one left out */}}
{{- define "omd-worker.mebi" -}}
{{- $text := . | toString -}}
{{- $number := regexFind "^[0-9.]+" $text | float64 -}}
{{- $factors := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $factor := index $factors (regexFind "[A-Za-z]+$" $text) | default 1 -}}
{{- divf (mulf $number $factor) 1048576 | int64 -}}
{{- end -}}

{{/* What all pods take at most, as YAML, a member for each kind of pod: {pods, containers: [resources, …]}. */}}
{{- define "omd-worker.shares" -}}
{{- $shares := list -}}
{{- range $pool := include "omd-worker.pools" . | fromYaml -}}
{{-   $pods := ternary $pool.replicas $pool.autoscaling.maxReplicas (eq $pool.autoscaling.kind "none") | int64 -}}
{{-   $containers := list $pool.resources -}}
{{-   range $pool.sidecars -}}
{{-     $containers = append $containers (.resources | default dict) -}}
{{-   end -}}
{{-   $shares = append $shares (dict "pods" $pods "containers" $containers) -}}
{{- end -}}
{{- range include "omd-worker.e2e" . | fromYaml -}}
{{-   $shares = append $shares (dict "pods" 1 "containers" (list .resources)) -}}
{{- end -}}
{{- range $program := include "omd-worker.programs" . | fromYaml -}}
{{-   $containers := list $program.resources -}}
{{-   with $program.worker -}}
{{-     $containers = append $containers .resources -}}
{{-   end -}}
{{-   range $program.sidecars -}}
{{-     $containers = append $containers (.resources | default dict) -}}
{{-   end -}}
{{-   $shares = append $shares (dict "pods" 1 "containers" $containers) -}}
{{- end -}}
{{- if .Values.gearmand.enabled -}}
{{-   $shares = append $shares (dict "pods" 1 "containers" (list .Values.gearmand.resources)) -}}
{{- end -}}
{{- toYaml $shares -}}
{{- end -}}

{{/*
The sum of it, as YAML: pods, and texts about requests and limits, in thousandths of a CPU and in MiB. The pods that a surge
adds, and that of helm test, are not counted.
*/}}
{{- define "omd-worker.totals" -}}
{{- $shares := include "omd-worker.shares" . | fromYamlArray -}}
{{- $pods := 0 -}}
{{- range $shares -}}
{{-   $pods = add $pods .pods -}}
{{- end -}}
{{- $totals := dict "pods" $pods -}}
{{- range $kind := list "requests" "limits" -}}
{{-   $cpu := 0 -}}
{{-   $memory := 0 -}}
{{-   $storage := 0 -}}
{{-   range $share := $shares -}}
{{-     range .containers -}}
{{-       $given := index . $kind | default dict -}}
{{-       $cpu = add $cpu (mul $share.pods (include "omd-worker.milli" ($given.cpu | default "0") | int64)) -}}
{{-       $memory = add $memory (mul $share.pods (include "omd-worker.mebi" ($given.memory | default "0") | int64)) -}}
{{-       $storage = add $storage (mul $share.pods (include "omd-worker.mebi" (index $given "ephemeral-storage" | default "0") | int64)) -}}
{{-     end -}}
{{-   end -}}
{{-   $_ := set $totals $kind (printf "cpu %dm, memory %dMi, ephemeral-storage %dMi" $cpu $memory $storage) -}}
{{- end -}}
{{- toYaml $totals -}}
{{- end -}}

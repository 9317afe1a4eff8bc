{{/* What the pools take of a quota. */}}

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

{{/*
The sum over all pools, one pod more for each that is replaced with a surge counted, as YAML: pods, and the cpu (thousandths)
and memory (MiB) of requests and limits.
*/}}
{{- define "omd-worker.totals" -}}
{{- $sum := dict "pods" 0 "requestsCpu" 0 "requestsMemory" 0 "limitsCpu" 0 "limitsMemory" 0 -}}
{{- range $name, $pool := include "omd-worker.pools" . | fromYaml -}}
{{-   $pods := ternary $pool.replicas $pool.autoscaling.maxReplicas (eq $pool.autoscaling.kind "none") | int64 -}}
{{-   $_ := set $sum "pods" (add $sum.pods $pods) -}}
{{-   range $kind := list "requests" "limits" -}}
{{-     $cpu := dig $kind "cpu" "0" $pool.resources | default "0" -}}
{{-     $memory := dig $kind "memory" "0" $pool.resources | default "0" -}}
{{-     $_ := set $sum (printf "%sCpu" $kind) (add (index $sum (printf "%sCpu" $kind)) (mul $pods (include "omd-worker.milli" $cpu | int64))) -}}
{{-     $_ := set $sum (printf "%sMemory" $kind) (add (index $sum (printf "%sMemory" $kind)) (mul $pods (include "omd-worker.mebi" $memory | int64))) -}}
{{-   end -}}
{{- end -}}
{{- toYaml $sum -}}
{{- end -}}

{{/* Checks of what several kinds of pods have. Each gives a list of problems as YAML. */}}

{{/* An option of worker.conf as a number: as it is given, or its default. (dict "root" "config" "name") */}}
{{- define "omd-worker.seconds" -}}
{{- $options := include "omd-worker.options" .root | fromJson -}}
{{- hasKey .config .name | ternary (get .config .name) (dig .name "default" 0 $options) | int64 -}}
{{- end -}}

{{/* Options of worker.conf. (dict "root" "at" "config") */}}
{{- define "omd-worker.checkConfig" -}}
{{- $problems := list -}}
{{- $options := include "omd-worker.options" .root | fromJson -}}
{{- range $option, $_ := .config -}}
{{-   with dig $option "use" "" $options -}}
{{-     $problems = append $problems (printf "%s.config.%s is set by the chart: use %s" $.at $option .) -}}
{{-   end -}}
{{- end -}}
{{- $jobs := include "omd-worker.seconds" (dict "root" .root "config" .config "name" "job_timeout") | int64 -}}
{{- $ending := include "omd-worker.seconds" (dict "root" .root "config" .config "name" "shutdown_timeout") | int64 -}}
{{- if gt $jobs $ending -}}
{{-   $which := hasKey .config "job_timeout" | ternary (printf "%d" $jobs) (printf "not set: %d" $jobs) -}}
{{-   $problems = append $problems (printf "%s.config.job_timeout (%s) is longer than shutdown_timeout (%d): a roll-out would stop checks that may still run" .at $which $ending) -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* Targets without a port open nothing: a rule without ports would open them all. (dict "at" "egress") */}}
{{- define "omd-worker.checkEgress" -}}
{{- $problems := list -}}
{{- if and .egress.targets (not .egress.ports) (not .egress.icmp) (not .egress.winrm) -}}
{{-   $problems = append $problems (printf "%s.egress.targets is set, and egress.ports is empty: none of them could be reached: name the ports, as [{port: 1, endPort: 65535, protocol: TCP}] for all" .at) -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* What two have that each must have for itself: the server refuses it, and Helm 4 before it in words of its own. */}}
{{- define "omd-worker.checkVolumes" -}}
{{- $problems := list -}}
{{- with include "omd-worker.twice" (dict "list" .volumes "key" "name") -}}
{{-   $problems = append $problems (printf "%s: two volumes have the name %s: choose another one (extraVolumes)" $.at .) -}}
{{- end -}}
{{- with include "omd-worker.twice" (dict "list" .mounts "key" "mountPath") -}}
{{-   $problems = append $problems (printf "%s: two volumes are mounted at %s: choose another path (extraVolumeMounts, credentials.files)" $.at .) -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* (dict "at" "containers": all of a pod) */}}
{{- define "omd-worker.checkContainers" -}}
{{- $problems := list -}}
{{- with include "omd-worker.twice" (dict "list" .containers "key" "name") -}}
{{-   $problems = append $problems (printf "%s: two containers have the name %s: choose another one (initContainers, sidecars)" $.at .) -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* The values of a key that more than one member of a list has. (dict "list" "key") */}}
{{- define "omd-worker.twice" -}}
{{- $seen := list -}}
{{- $twice := list -}}
{{- range .list -}}
{{-   $value := get . $.key -}}
{{-   if has $value $seen -}}
{{-     $twice = append $twice $value -}}
{{-   end -}}
{{-   $seen = append $seen $value -}}
{{- end -}}
{{- uniq $twice | join ", " -}}
{{- end -}}

{{/* A program beside the workers. (dict "root" "component" "program") */}}
{{- define "omd-worker.checkProgram" -}}
{{- $problems := list -}}
{{- $at := .program.key -}}
{{- $isNotifier := eq .component "zulip-notifier" -}}
{{- if and (ne .component "perfdata") (not .program.existingSecret) -}}
{{-   $problems = append $problems (printf "%s.enabled is true, and %s.existingSecret names no Secret with api-key: set it" $at $at) -}}
{{- end -}}
{{- $problems = concat $problems (include "omd-worker.checkEgress" (dict "at" $at "egress" .program.egress) | fromYamlArray) -}}
{{- $own := $isNotifier | ternary (list (dict "name" "worker") (dict "name" "notifier")) (list (dict "name" .component)) -}}
{{- $containers := concat $own .program.initContainers .program.sidecars -}}
{{- $problems = concat $problems (include "omd-worker.checkContainers" (dict "at" $at "containers" $containers) | fromYamlArray) -}}
{{- $volumes := include "omd-worker.programVolumes" (merge (dict "size" "1Mi" "tmp" (ternary "1Mi" "" $isNotifier)) .) | fromYamlArray -}}
{{- $mounts := include "omd-worker.programMounts" . | fromYamlArray -}}
{{- if $isNotifier -}}
{{-   $mounts = concat $mounts (list (dict "mountPath" "/tmp")) -}}
{{- end -}}
{{- $problems = concat $problems (include "omd-worker.checkVolumes" (dict "at" $at "volumes" $volumes "mounts" $mounts) | fromYamlArray) -}}
{{- if $isNotifier -}}
{{-   $problems = concat $problems (include "omd-worker.checkNotifier" . | fromYamlArray) -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{- define "omd-worker.checkNotifier" -}}
{{- $problems := list -}}
{{- range $name, $pool := include "omd-worker.pools" .root | fromYaml -}}
{{-   if $pool.queues.notifications -}}
{{-     $problems = append $problems (printf "pools.%s.queues.notifications is true, and zulipNotifier takes them, too: each notification would come to one of both: remove one" $name) -}}
{{-   end -}}
{{- end -}}
{{- if eq (.program.metricsPort | int64) (.root.Values.metrics.port | int64) -}}
{{-   $problems = append $problems "zulipNotifier.metricsPort is metrics.port, which the worker beside it has: choose another one" -}}
{{- end -}}
{{- $given := include "omd-worker.checkConfig" (dict "root" .root "at" "zulipNotifier.worker" "config" (.program.worker.config | default dict)) | fromYamlArray -}}
{{- toYaml (concat $problems $given) -}}
{{- end -}}

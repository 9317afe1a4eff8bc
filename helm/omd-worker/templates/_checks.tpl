{{/*
Values that contradict each other: all of them at once, each with what to do. The schema has no words for these.
*/}}
{{- define "omd-worker.check" -}}
{{- $problems := include "omd-worker.checkRelease" . | fromYamlArray -}}
{{- range $name, $pool := include "omd-worker.pools" . | fromYaml -}}
{{-   $problems = concat $problems (include "omd-worker.checkPool" (dict "root" $ "name" $name "pool" $pool) | fromYamlArray) -}}
{{- end -}}
{{- range $name, $test := include "omd-worker.e2e" . | fromYaml -}}
{{-   $problems = concat $problems (include "omd-worker.checkE2e" (dict "root" $ "name" $name "test" $test) | fromYamlArray) -}}
{{- end -}}
{{- range $component, $program := include "omd-worker.programs" . | fromYaml -}}
{{-   $problems = concat $problems (include "omd-worker.checkProgram" (dict "root" $ "component" $component "program" $program) | fromYamlArray) -}}
{{- end -}}
{{- with $problems -}}
{{-   fail (printf "\n  %s\n" (join "\n  " .)) -}}
{{- end -}}
{{- end -}}

{{- define "omd-worker.checkRelease" -}}
{{- $problems := list -}}
{{- $gearman := .Values.gearman -}}
{{- $pools := include "omd-worker.pools" . | fromYaml -}}
{{- if not (or $gearman.servers .Values.gearmand.enabled) -}}
{{-   $problems = append $problems "gearman.servers names no job server: set it, or try out with gearmand.enabled=true" -}}
{{- end -}}
{{- if and $gearman.encryption (not $gearman.existingSecret) (not $gearman.key) -}}
{{-   $problems = append $problems "gearman.existingSecret names no Secret with the key: set it, or gearman.encryption=false if the core has none either" -}}
{{- end -}}
{{- if and $gearman.existingSecret $gearman.key -}}
{{-   $problems = append $problems "gearman.existingSecret and gearman.key are both set: remove gearman.key" -}}
{{- end -}}
{{- if and (not $gearman.encryption) (or $gearman.existingSecret $gearman.key) -}}
{{-   $problems = append $problems "gearman.encryption is false, and there is a key: remove one of them" -}}
{{- end -}}
{{- if and (or $gearman.acceptedKeys $gearman.dupserverKey) (not (and $gearman.encryption $gearman.existingSecret)) -}}
{{-   $problems = append $problems "gearman.acceptedKeys and gearman.dupserverKey are entries of gearman.existingSecret, and that is not used: set it, or remove them" -}}
{{- end -}}
{{- if and $gearman.tls.enabled (not $gearman.tls.existingSecret) -}}
{{-   $problems = append $problems "gearman.tls.enabled is true, and gearman.tls.existingSecret names no Secret with ca.crt: set it" -}}
{{- end -}}
{{- if and $gearman.tls.existingSecret (not $gearman.tls.enabled) -}}
{{-   $problems = append $problems "gearman.tls.existingSecret is set, and gearman.tls.enabled is false: the connections would not use TLS: enable it, or remove the Secret" -}}
{{- end -}}
{{- if and $gearman.tls.enabled .Values.gearmand.enabled -}}
{{-   $problems = append $problems "gearman.tls.enabled is true, and the chart's own gearmand has no TLS: disable one of them" -}}
{{- end -}}
{{- if eq .Values.image.tag "latest" -}}
{{-   $problems = append $problems "image.tag is latest, which is no version: name one, or a digest" -}}
{{- end -}}
{{- if not $pools -}}
{{-   $problems = append $problems "no pool is enabled: set pools.NAME.enabled of one" -}}
{{- end -}}
{{- if and .Values.tests.enabled .Values.tests.pool (not (hasKey $pools .Values.tests.pool)) -}}
{{-   $problems = append $problems (printf "tests.pool names %s, and there is no such pool: use one of %s" .Values.tests.pool (keys $pools | sortAlpha | join ", ")) -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.apiServer.ports) -}}
{{-   $problems = append $problems "networkPolicy.apiServer.ports is empty, which would open every port: name the API server's" -}}
{{- end -}}
{{- if and .Values.resourceQuota.enabled (not .Values.resourceQuota.hard) -}}
{{-   $problems = append $problems "resourceQuota.enabled is true, and resourceQuota.hard is empty: give limits" -}}
{{- end -}}
{{- if and .Values.limitRange.enabled (not .Values.limitRange.limits) -}}
{{-   $problems = append $problems "limitRange.enabled is true, and limitRange.limits is empty: give limits" -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{- define "omd-worker.checkPool" -}}
{{- $problems := list -}}
{{- $at := printf "pools.%s" .name -}}
{{- $pool := .pool -}}
{{- $scaling := $pool.autoscaling -}}
{{- $budget := $pool.podDisruptionBudget -}}
{{- if or (has .name (list "gearmand" "helm-test" "perfdata" "worker" "zulip-bot" "zulip-notifier")) (hasPrefix "e2e-" .name) -}}
{{-   $problems = append $problems (printf "%s: the name is taken by the chart: choose another one" $at) -}}
{{- end -}}
{{- if eq $pool.image.tag "latest" -}}
{{-   $problems = append $problems (printf "%s.image.tag is latest, which is no version: name one, or a digest" $at) -}}
{{- end -}}
{{- $problems = concat $problems (include "omd-worker.checkConfig" (dict "root" .root "at" $at "config" $pool.config) | fromYamlArray) -}}
{{- $problems = concat $problems (include "omd-worker.checkEgress" (dict "at" $at "egress" $pool.egress) | fromYamlArray) -}}
{{- if and $pool.handlerLog.enabled (hasKey $pool.config "eventhandler_log") -}}
{{-   $problems = append $problems (printf "%s.config.eventhandler_log is set, and handlerLog.enabled gives it a file for each pod: remove one of them" $at) -}}
{{- end -}}
{{- if and $pool.handlerLog.enabled (not $pool.queues.eventhandler) -}}
{{-   $problems = append $problems (printf "%s.handlerLog.enabled is true, and the pool has no event handlers: set queues.eventhandler" $at) -}}
{{- end -}}
{{- if and $pool.handlerLog.existingClaim (not $pool.handlerLog.enabled) -}}
{{-   $problems = append $problems (printf "%s.handlerLog.existingClaim is set, and handlerLog.enabled is false: enable it, or remove the claim" $at) -}}
{{- end -}}
{{- if and $pool.automountServiceAccountToken (not $pool.serviceAccountName) -}}
{{-   $problems = append $problems (printf "%s.automountServiceAccountToken is true, and serviceAccountName names no account: the chart's has no rights, and other pods have it, too: name one of yours" $at) -}}
{{- end -}}
{{- $problems = concat $problems (include "omd-worker.checkResources" (dict "at" $at "resources" $pool.resources) | fromYamlArray) -}}
{{- $queues := include "omd-worker.queues" (dict "queues" $pool.queues) | fromYaml -}}
{{- if not $queues.queues -}}
{{-   $problems = append $problems (printf "%s.queues names no queue: set one, or %s.enabled=false" $at $at) -}}
{{- end -}}
{{- if and (ne $scaling.kind "none") (gt ($scaling.minReplicas | int64) ($scaling.maxReplicas | int64)) -}}
{{-   $problems = append $problems (printf "%s.autoscaling.minReplicas is more than maxReplicas: swap them" $at) -}}
{{- end -}}
{{- if and (eq $scaling.kind "hpa") (not (or $scaling.hpa.cpuUtilization $scaling.hpa.memoryUtilization $scaling.hpa.metrics)) -}}
{{-   $problems = append $problems (printf "%s.autoscaling.kind is hpa, and there is no metric: set hpa.cpuUtilization" $at) -}}
{{- end -}}
{{- if and (eq $scaling.kind "hpa") $scaling.hpa.cpuUtilization (not (dig "requests" "cpu" "" $pool.resources)) -}}
{{-   $problems = append $problems (printf "%s.autoscaling.hpa.cpuUtilization is a share of resources.requests.cpu, which is not set" $at) -}}
{{- end -}}
{{- if and (eq $scaling.kind "hpa") $scaling.hpa.memoryUtilization (not (dig "requests" "memory" "" $pool.resources)) -}}
{{-   $problems = append $problems (printf "%s.autoscaling.hpa.memoryUtilization is a share of resources.requests.memory, which is not set" $at) -}}
{{- end -}}
{{- if and (eq $scaling.kind "keda") (eq $scaling.keda.trigger "prometheus") (not $scaling.keda.prometheusAddress) -}}
{{-   $problems = append $problems (printf "%s.autoscaling.keda.trigger is prometheus: set keda.prometheusAddress" $at) -}}
{{- end -}}
{{- $fewest := include "omd-worker.fewestPods" . | int64 -}}
{{- if and $budget.enabled (gt $fewest 1) -}}
{{-   with include "omd-worker.blockingBudget" (dict "budget" $budget "fewest" $fewest) -}}
{{-     $problems = append $problems (printf "%s.podDisruptionBudget.%s" $at .) -}}
{{-   end -}}
{{- end -}}
{{- $rolling := $pool.strategy.rollingUpdate | default dict -}}
{{- if and (eq $pool.strategy.type "RollingUpdate") (has (printf "%v" ($rolling.maxSurge | default 0)) (list "0" "0%")) (has (printf "%v" ($rolling.maxUnavailable | default 0)) (list "0" "0%")) -}}
{{-   $problems = append $problems (printf "%s.strategy.rollingUpdate: maxSurge and maxUnavailable are both 0, so no pod could be replaced" $at) -}}
{{- end -}}
{{- if and $pool.credentials.tlsSecret (not .root.Values.gearman.tls.enabled) -}}
{{-   $problems = append $problems (printf "%s.credentials.tlsSecret is set, and gearman.tls.enabled is false: enable it, or remove the Secret" $at) -}}
{{- end -}}
{{- range $index, $file := $pool.credentials.files -}}
{{-   if eq (hasKey $file "secret") (hasKey $file "configMap") -}}
{{-     $problems = append $problems (printf "%s.credentials.files[%d]: give either secret or configMap" $at $index) -}}
{{-   end -}}
{{- end -}}
{{- $containers := concat (list (dict "name" "worker")) $pool.initContainers $pool.sidecars -}}
{{- $problems = concat $problems (include "omd-worker.checkContainers" (dict "at" $at "containers" $containers) | fromYamlArray) -}}
{{- $volumes := include "omd-worker.volumes" . | fromYamlArray -}}
{{- $mounts := include "omd-worker.mounts" . | fromYamlArray -}}
{{- $problems = concat $problems (include "omd-worker.checkVolumes" (dict "at" $at "volumes" $volumes "mounts" $mounts) | fromYamlArray) -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* Memory without a unit is a number of bytes, and `m` is a thousandth of one: no container starts with 512 of them. (dict "at" "resources") */}}
{{- define "omd-worker.checkResources" -}}
{{- $problems := list -}}
{{- range $kind := list "requests" "limits" -}}
{{-   range $what := list "memory" "ephemeral-storage" -}}
{{-     $given := dig $kind $what "" $.resources | toString -}}
{{-     if regexMatch "^([0-9]{1,6}|[0-9.]+m)$" $given -}}
{{-       $problems = append $problems (printf "%s.resources.%s.%s is %s, which is less than a MiB: write %sMi" $.at $kind $what $given (trimSuffix "m" $given)) -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- toYaml $problems -}}
{{- end -}}

{{/* What is wrong with a budget that permits no eviction; empty: it does. Kubernetes rounds a percentage up. (dict "budget" "fewest") */}}
{{- define "omd-worker.blockingBudget" -}}
{{- $kept := .budget.minAvailable -}}
{{- if not (kindIs "invalid" $kept) -}}
{{-   $text := printf "%v" $kept -}}
{{-   $pods := int64 $kept -}}
{{-   if hasSuffix "%" $text -}}
{{-     $pods = div (add (mul (trimSuffix "%" $text | int64) .fewest) 99) 100 -}}
{{-   end -}}
{{-   if ge $pods .fewest -}}
minAvailable {{ $text }} of {{ .fewest }} pods would block the drain of every node: lower it
{{-   end -}}
{{- else if has (printf "%v" .budget.maxUnavailable) (list "0" "0%") -}}
maxUnavailable {{ .budget.maxUnavailable }} would block the drain of every node: raise it
{{- end -}}
{{- end -}}

{{- define "omd-worker.checkE2e" -}}
{{- $problems := list -}}
{{- range list "schedule" "host" "image" "command" -}}
{{-   if not (index $.test .) -}}
{{-     $problems = append $problems (printf "e2e.%s.%s is not set" $.name .) -}}
{{-   end -}}
{{- end -}}
{{- $problems = concat $problems (include "omd-worker.checkEgress" (dict "at" (printf "e2e.%s" .name) "egress" .test.egress) | fromYamlArray) -}}
{{- $volumes := include "omd-worker.e2eVolumes" . | fromYamlArray -}}
{{- $mounts := include "omd-worker.e2eMounts" . | fromYamlArray -}}
{{- $checked := dict "at" (printf "e2e.%s" .name) "volumes" $volumes "mounts" $mounts -}}
{{- $problems = concat $problems (include "omd-worker.checkVolumes" $checked | fromYamlArray) -}}
{{- toYaml $problems -}}
{{- end -}}

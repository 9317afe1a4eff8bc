{{/*
Values over others: maps key by key, all else as a whole, and null takes a key away. (Helm itself does this to a null only where the
chart's values have the same key.) As YAML. (dict "base" "over")
*/}}
{{- define "omd-worker.overlay" -}}
{{- if regexMatch ":null[,}]" (toJson .over) -}}
{{- include "omd-worker.overlayWithNulls" . -}}
{{- else -}}
{{- toYaml (mustMergeOverwrite (deepCopy .base) (deepCopy .over)) -}}
{{- end -}}
{{- end -}}

{{/* Key by key, which takes much longer. */}}
{{- define "omd-worker.overlayWithNulls" -}}
{{- $merged := deepCopy .base -}}
{{- range $key, $value := .over -}}
{{-   if kindIs "invalid" $value -}}
{{-     $merged = omit $merged $key -}}
{{-   else if kindIs "map" $value -}}
{{-     $before := get $merged $key -}}
{{-     $under := ternary $before dict (kindIs "map" $before) -}}
{{-     $_ := set $merged $key (include "omd-worker.overlay" (dict "base" $under "over" $value) | fromYaml) -}}
{{-   else -}}
{{-     $_ := set $merged $key $value -}}
{{-   end -}}
{{- end -}}
{{- toYaml $merged -}}
{{- end -}}

{{/* The pools that are there, each merged with poolDefaults, as YAML. */}}
{{- define "omd-worker.pools" -}}
{{- $pools := dict -}}
{{- range $name, $given := .Values.pools -}}
{{-   $pool := include "omd-worker.overlay" (dict "base" $.Values.poolDefaults "over" ($given | default dict)) | fromYaml -}}
{{-   if $pool.enabled -}}
{{-     $_ := set $pools $name $pool -}}
{{-   end -}}
{{- end -}}
{{- toYaml $pools -}}
{{- end -}}

{{/* The end-to-end tests that are there, in the same way. */}}
{{- define "omd-worker.e2e" -}}
{{- $tests := dict -}}
{{- range $name, $given := .Values.e2e -}}
{{-   $test := include "omd-worker.overlay" (dict "base" $.Values.e2eDefaults "over" ($given | default dict)) | fromYaml -}}
{{-   if $test.enabled -}}
{{-     $_ := set $tests $name $test -}}
{{-   end -}}
{{- end -}}
{{- toYaml $tests -}}
{{- end -}}

{{/* All queues of a pool, as YAML: {queues: [...], hostgroups: [...], servicegroups: [...]}. */}}
{{- define "omd-worker.queues" -}}
{{- $queues := list -}}
{{- range $option, $queue := dict "hosts" "host" "services" "service" "eventhandler" "eventhandler" "notifications" "notification" -}}
{{-   if index $.queues $option -}}
{{-     $queues = append $queues $queue -}}
{{-   end -}}
{{- end -}}
{{- $hostgroups := .queues.hostgroups -}}
{{- $servicegroups := .queues.servicegroups -}}
{{- range .queues.custom -}}
{{-   if hasPrefix "hostgroup_" . -}}
{{-     $hostgroups = append $hostgroups (trimPrefix "hostgroup_" .) -}}
{{-   else -}}
{{-     $servicegroups = append $servicegroups (trimPrefix "servicegroup_" .) -}}
{{-   end -}}
{{- end -}}
{{- range $hostgroups | uniq -}}
{{-   $queues = append $queues (printf "hostgroup_%s" .) -}}
{{- end -}}
{{- range $servicegroups | uniq -}}
{{-   $queues = append $queues (printf "servicegroup_%s" .) -}}
{{- end -}}
{{- toYaml (dict "queues" $queues "hostgroups" (uniq $hostgroups) "servicegroups" (uniq $servicegroups)) -}}
{{- end -}}

{{/* terminationGracePeriodSeconds: the worker's own time to finish running checks, and a margin. */}}
{{- define "omd-worker.gracePeriod" -}}
{{- $ending := include "omd-worker.seconds" (dict "root" .root "config" .pool.config "name" "shutdown_timeout") | int64 -}}
{{- add $ending (.pool.terminationMarginSeconds | int64) -}}
{{- end -}}

{{/*
The replicas field; empty: left out. With autoscaling it is what the cluster has, so that neither the change to autoscaling nor
a later upgrade cuts a pool to one pod. Once there is an autoscaler it keeps its limits by itself. When it has scaled, the field
is left out, as any other number would be a conflict: at the next upgrade, and at a way back to this revision.
*/}}
{{- define "omd-worker.replicas" -}}
{{- $scaling := .pool.autoscaling -}}
{{- if eq $scaling.kind "none" -}}
{{- .pool.replicas | int64 -}}
{{- else if eq $scaling.replicasField "keep" -}}
{{- $name := include "omd-worker.poolName" . -}}
{{- $found := lookup "apps/v1" "Deployment" .root.Release.Namespace $name | default dict -}}
{{- $current := dig "spec" "replicas" 0 $found | int64 -}}
{{- if and $found (include "omd-worker.hasAutoscaler" .) -}}
{{- if not (include "omd-worker.isScaledAway" (dict "root" .root "deployment" $found)) -}}
{{- $current -}}
{{- end -}}
{{- else -}}
{{- min (max $current ($scaling.minReplicas | int64)) ($scaling.maxReplicas | int64) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Whether a Deployment keeps its replicas when Helm leaves them out: whoever scales owns the field, too, and Helm applies on the
server. Helm 3 would reset it. (dict "root" "deployment")
*/}}
{{- define "omd-worker.isScaledAway" -}}
{{- $isApplied := false -}}
{{- $isScaled := false -}}
{{- range dig "metadata" "managedFields" list .deployment -}}
{{-   $spec := dig "fieldsV1" "f:spec" dict . -}}
{{-   if and (eq .operation "Apply") (hasKey $spec "f:template") -}}
{{-     $isApplied = true -}}
{{-   end -}}
{{-   if and (eq (.subresource | default "") "scale") (hasKey $spec "f:replicas") -}}
{{-     $isScaled = true -}}
{{-   end -}}
{{- end -}}
{{- if and $isApplied $isScaled (not (hasPrefix "v3." .root.Capabilities.HelmVersion.Version)) -}}
yes
{{- end -}}
{{- end -}}

{{/* Whether the cluster has an autoscaler of the pool: the chart's own, or the one that KEDA makes. */}}
{{- define "omd-worker.hasAutoscaler" -}}
{{- $pool := include "omd-worker.poolName" . -}}
{{- range list $pool (printf "keda-hpa-%s" $pool) -}}
{{-   if lookup "autoscaling/v2" "HorizontalPodAutoscaler" $.root.Release.Namespace . -}}
found
{{-   end -}}
{{- end -}}
{{- end -}}

{{/* Fewest pods of a pool. */}}
{{- define "omd-worker.fewestPods" -}}
{{- ternary .pool.replicas .pool.autoscaling.minReplicas (eq .pool.autoscaling.kind "none") | int64 -}}
{{- end -}}

{{/* The image of a pool. */}}
{{- define "omd-worker.image" -}}
{{- $values := .root.Values -}}
{{- $registry := .pool.image.registry | default $values.global.imageRegistry | default $values.image.registry -}}
{{- $repository := .pool.image.repository | default (printf "omd-%s-worker" .name) -}}
{{- $path := ternary (printf "%s/%s" $registry $repository) $repository (ne $registry "") -}}
{{- if .pool.image.digest -}}
{{- printf "%s@%s" $path .pool.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $path (.pool.image.tag | default $values.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* The images without a registry, as YAML: nodes look for them on Docker Hub. The first word is one if it could be a host. */}}
{{- define "omd-worker.imagesWithoutRegistry" -}}
{{- $images := list -}}
{{- range $name, $pool := include "omd-worker.pools" . | fromYaml -}}
{{-   $images = append $images (include "omd-worker.image" (dict "root" $ "name" $name "pool" $pool)) -}}
{{- end -}}
{{- range include "omd-worker.programs" . | fromYaml -}}
{{-   $images = append $images (.image | default (include "omd-worker.integrationsImage" $)) -}}
{{- end -}}
{{- $found := list -}}
{{- range $images | uniq -}}
{{-   if not (regexMatch "^([^/]*[.:][^/]*|localhost)/" .) -}}
{{-     $found = append $found . -}}
{{-   end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/* The image of the programs beside the workers. */}}
{{- define "omd-worker.integrationsImage" -}}
{{- $image := dict "registry" "" "repository" "omd-integrations" "tag" "" "digest" "" -}}
{{- include "omd-worker.image" (dict "root" . "name" "integrations" "pool" (dict "image" $image)) -}}
{{- end -}}

{{- define "omd-worker.pullSecrets" -}}
{{- $names := concat .Values.global.imagePullSecrets .Values.image.pullSecrets | uniq -}}
{{- with $names }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The security of a pool's pods: with `icmp: sysctl` every user of the pod may open ICMP sockets. */}}
{{- define "omd-worker.podSecurityContext" -}}
{{- $context := deepCopy .pool.podSecurityContext -}}
{{- if eq .pool.icmp "sysctl" -}}
{{-   $range := dict "name" "net.ipv4.ping_group_range" "value" .pool.pingGroupRange -}}
{{-   $_ := set $context "sysctls" (append ($context.sysctls | default list) $range) -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/*
The security of a pool's worker. A capability reaches a process of an ordinary user only through a file that has it, and not
where privileges may not grow.
*/}}
{{- define "omd-worker.securityContext" -}}
{{- $context := deepCopy .pool.securityContext -}}
{{- if eq .pool.icmp "netRaw" -}}
{{-   $capabilities := $context.capabilities | default dict -}}
{{-   $_ := set $capabilities "add" (append ($capabilities.add | default list) "NET_RAW" | uniq) -}}
{{-   $_ := set $context "capabilities" $capabilities -}}
{{-   $_ := set $context "allowPrivilegeEscalation" true -}}
{{- end -}}
{{- toYaml $context -}}
{{- end -}}

{{/* Where a pod of a pool, or of a test, runs, and how it finds names. */}}
{{- define "omd-worker.placement" -}}
{{- range $field := list "priorityClassName" "runtimeClassName" "dnsPolicy" "dnsConfig" "hostAliases" "nodeSelector" "tolerations" -}}
{{-   with index $ $field }}
{{ toYaml (dict $field .) }}
{{-   end -}}
{{- end -}}
{{- end -}}

{{- define "omd-worker.affinity" -}}
{{- if .pool.affinity -}}
{{- toYaml .pool.affinity -}}
{{- else if ne .pool.podAntiAffinity "none" -}}
{{- $labels := include "omd-worker.selectorLabels" (dict "root" .root "component" .name) | fromYaml -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" $labels) -}}
{{- if eq .pool.podAntiAffinity "hard" -}}
{{- toYaml (dict "podAntiAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term))) -}}
{{- else -}}
{{- $weighted := dict "weight" 100 "podAffinityTerm" $term -}}
{{- toYaml (dict "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list $weighted))) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The pods of each version are spread for themselves, as those of the old one go away. */}}
{{- define "omd-worker.spread" -}}
{{- $labels := include "omd-worker.selectorLabels" (dict "root" .root "component" .name) | fromYaml -}}
{{- $constraints := list -}}
{{- range .pool.topologySpreadConstraints -}}
{{-   $selector := dict "labelSelector" (dict "matchLabels" $labels) "matchLabelKeys" (list "pod-template-hash") -}}
{{-   $constraints = append $constraints (ternary . (mustMergeOverwrite $selector (deepCopy .)) (hasKey . "labelSelector")) -}}
{{- end -}}
{{- toYaml $constraints -}}
{{- end -}}

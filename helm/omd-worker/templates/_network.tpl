{{/* Rules of NetworkPolicies. */}}

{{/* Networks as text, and peers as they are, as YAML. */}}
{{- define "omd-worker.peers" -}}
{{- $peers := list -}}
{{- range . -}}
{{-   $peers = append $peers (kindIs "string" . | ternary (dict "ipBlock" (dict "cidr" .)) .) -}}
{{- end -}}
{{- toYaml $peers -}}
{{- end -}}

{{/*
Every pod and every address but `networkPolicy.except`: where targets are not named. An ipBlock is no pod in some networks, so pods are
named for themselves. As YAML; nothing without exceptions, as a rule without `to` is more than these in some networks: nodes.
*/}}
{{- define "omd-worker.everywhere" -}}
{{- $peers := list -}}
{{- if .Values.networkPolicy.except -}}
{{-   range $cidr := list "0.0.0.0/0" "::/0" -}}
{{-     $except := list -}}
{{-     range $.Values.networkPolicy.except -}}
{{-       if eq (contains ":" .) (contains ":" $cidr) -}}
{{-         $except = append $except . -}}
{{-       end -}}
{{-     end -}}
{{-     $block := dict "cidr" $cidr -}}
{{-     $peers = append $peers (dict "ipBlock" (empty $except | ternary $block (set $block "except" $except))) -}}
{{-   end -}}
{{-   $peers = append $peers (dict "namespaceSelector" dict) -}}
{{- end -}}
{{- toYaml $peers -}}
{{- end -}}

{{/* A rule out: without targets everywhere, without ports at all of them. (dict "targets" "ports") */}}
{{- define "omd-worker.egressRule" -}}
{{- $rule := dict -}}
{{- if .targets -}}
{{-   $_ := set $rule "to" (include "omd-worker.peers" .targets | fromYamlArray) -}}
{{- end -}}
{{- if .ports -}}
{{-   $_ := set $rule "ports" .ports -}}
{{- end -}}
{{- toYaml (list $rule) -}}
{{- end -}}

{{/* The ports of `egress`, as YAML. */}}
{{- define "omd-worker.targetPorts" -}}
{{- $winrm := list (dict "port" 5985 "endPort" 5986 "protocol" "TCP") -}}
{{- toYaml (concat (.ports | default list) (ternary $winrm list (eq (.winrm | default false) true))) -}}
{{- end -}}

{{/* The pools whose targets are everywhere, as YAML: {byPorts: [NAME, …], byPings: […]}. */}}
{{- define "omd-worker.poolsAnywhere" -}}
{{- $byPorts := list -}}
{{- $byPings := list -}}
{{- range $name, $pool := include "omd-worker.pools" . | fromYaml -}}
{{-   if not (or $pool.egress.targets $.Values.networkPolicy.targets) -}}
{{-     if $pool.egress.icmp -}}
{{-       $byPings = append $byPings $name -}}
{{-     else if include "omd-worker.targetPorts" $pool.egress | fromYamlArray -}}
{{-       $byPorts = append $byPorts $name -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- toYaml (dict "byPorts" $byPorts "byPings" $byPings) -}}
{{- end -}}

{{- define "omd-worker.dnsRule" -}}
{{- $port := .Values.networkPolicy.dns.port | int64 -}}
{{- $ports := list (dict "port" $port "protocol" "UDP") (dict "port" $port "protocol" "TCP") -}}
{{- include "omd-worker.egressRule" (dict "targets" .Values.networkPolicy.dns.to "ports" $ports) -}}
{{- end -}}

{{/* The job servers that are given by name, and nothing says where they are: reached everywhere at their ports. As YAML. */}}
{{- define "omd-worker.serversAnywhere" -}}
{{- $names := list -}}
{{- if not .Values.networkPolicy.gearman.to -}}
{{-   range $server := concat .Values.gearman.servers .Values.gearman.dupservers | uniq -}}
{{-     $address := include "omd-worker.serverAddress" $server -}}
{{-     if not (regexMatch "^([0-9.]+|\\[.*\\]):[0-9]+$" $address) -}}
{{-       $names = append $names $address -}}
{{-     end -}}
{{-   end -}}
{{- end -}}
{{- toYaml $names -}}
{{- end -}}

{{/*
The job servers: `networkPolicy.gearman.to` at all their ports; else each address at its port, and names at their ports
everywhere, as a NetworkPolicy knows no names. A gearmand of the chart is a pod of the release.
*/}}
{{- define "omd-worker.gearmanRules" -}}
{{- $values := .Values -}}
{{- $to := $values.networkPolicy.gearman.to -}}
{{- $anywhere := list -}}
{{- range $server := concat $values.gearman.servers $values.gearman.dupservers | uniq -}}
{{-   $address := include "omd-worker.serverAddress" $server -}}
{{-   $port := regexFind "[0-9]+$" $address | atoi -}}
{{-   $host := regexReplaceAll ":[0-9]+$" $address "" | trimPrefix "[" | trimSuffix "]" -}}
{{-   $ports := list (dict "port" $port "protocol" "TCP") -}}
{{-   if and (not $to) (regexMatch "^[0-9.]+$" $host) }}
{{ include "omd-worker.egressRule" (dict "targets" (list (printf "%s/32" $host)) "ports" $ports) }}
{{-   else if and (not $to) (contains ":" $host) }}
{{ include "omd-worker.egressRule" (dict "targets" (list (printf "%s/128" $host)) "ports" $ports) }}
{{-   else -}}
{{-     $anywhere = concat $anywhere $ports | uniq -}}
{{-   end -}}
{{- end -}}
{{- if $anywhere }}
{{ include "omd-worker.egressRule" (dict "targets" $to "ports" $anywhere) }}
{{- end -}}
{{- if $values.gearmand.enabled -}}
{{-   $labels := include "omd-worker.selectorLabels" (dict "root" . "component" "gearmand") | fromYaml -}}
{{-   $peer := dict "podSelector" (dict "matchLabels" $labels) }}
{{ include "omd-worker.egressRule" (dict "targets" (list $peer) "ports" (list (dict "port" 4730 "protocol" "TCP"))) }}
{{- end -}}
{{- end -}}

{{/* The rules out of a pool, a test or a program beside them. (dict "root" "egress" "defaultTargets" "withoutGearman" "withApiServer") */}}
{{- define "omd-worker.egressRules" -}}
{{ include "omd-worker.dnsRule" .root }}
{{- if not .withoutGearman }}
{{ include "omd-worker.gearmanRules" .root | trim }}
{{- end }}
{{- $everywhere := include "omd-worker.everywhere" .root | fromYamlArray }}
{{- $targets := .egress.targets | default .defaultTargets | default $everywhere }}
{{- if .withApiServer }}
{{- $server := .root.Values.networkPolicy.apiServer }}
{{- $ports := list }}
{{- range $server.ports }}
{{- $ports = append $ports (dict "port" (int64 .) "protocol" "TCP") }}
{{- end }}
{{ include "omd-worker.egressRule" (dict "targets" ($server.to | default $everywhere) "ports" $ports) }}
{{- end }}
{{- if .egress.icmp }}
{{ include "omd-worker.egressRule" (dict "targets" $targets "ports" (list)) }}
{{- else }}
{{- with include "omd-worker.targetPorts" .egress | fromYamlArray }}
{{ include "omd-worker.egressRule" (dict "targets" $targets "ports" .) }}
{{- end }}
{{- end }}
{{- with .egress.rules }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A policy for the pods of a component. (dict "root" "name" "component" "ingress" "egress") */}}
{{- define "omd-worker.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "omd-worker.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "omd-worker.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with .ingress }}
  ingress:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with .egress }}
  egress:
    {{- . | trim | nindent 4 }}
  {{- end }}
{{- end -}}

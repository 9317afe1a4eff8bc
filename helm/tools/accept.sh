#!/bin/sh
# Installs both stages of the chart in a cluster, changes them, and takes them away again; says what holds.
#
#   helm/tools/accept.sh [-H HELM] [-K KUBECTL] [-t SECONDS] KUBECONFIG [-- WORDS…]
#
#   KUBECONFIG  the cluster, as of kind or k3s: a file that is named, so that it is never another one by accident
#   -H HELM     Helm 4 or 3; the Helm 4 of the tests unless given, which is fetched (docs/decisions/011-helm-in-tests.md)
#   -K KUBECTL  that beside it unless given
#   -t SECONDS  for a roll-out, with its pulls of images; 300 unless given
#   WORDS       for each installation, as --set image.registry=registry.example.org/monitoring --set 'gearman.servers={192.0.2.1}'
#
# The pods become ready when the images can be pulled and a job server answers; with kwok neither is needed, and what needs
# containers is skipped. Two namespaces, omd-accept-dev and omd-accept-prod, are made, with the level `restricted` of
# PodSecurity, a quota and limits, and removed at the end. The rest of the cluster is left alone. It needs `npm ci` in this
# folder.
set -eu
fail() { echo "helm/tools/accept.sh: $*" >&2; exit 2; }

CHART_HELM='' CHART_KUBECTL='' CHART_SECONDS=300
while getopts H:K:t: option; do
  case $option in
    H) CHART_HELM=$OPTARG ;;
    K) CHART_KUBECTL=$OPTARG ;;
    t) CHART_SECONDS=$OPTARG ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "which cluster? name its kubeconfig"
[ -f "$1" ] || fail "there is no kubeconfig $1"
CHART_KUBECONFIG=$(realpath "$1")
shift
[ "${1:-}" != -- ] || shift
CHART_WORDS=''
for word; do
  CHART_WORDS="$CHART_WORDS$word
"
done

cd "$(dirname "$0")/../.."
export CHART_KUBECONFIG CHART_HELM CHART_KUBECTL CHART_SECONDS CHART_WORDS
PATH=$PWD/node_modules/.bin:$PATH
exec vitest run --config helm/acceptance/vitest.config.ts

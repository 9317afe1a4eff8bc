#!/bin/sh
# Renders the chart with Helm 3 and with Helm 4 and compares the objects. Helm 3 is built with Go, once, into a cache outside of
# the repository: that takes some minutes. Helm 4 is the one of the tests (npx vitest run test/helm fetches it), or $HELM.
#   sh helm/tools/helm3.sh
set -eu
version=v3.22.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/omd-worker-tests
helm4=${HELM:-$cache/helm-4.1.4/helm/helm}
helm3=$cache/helm-$version/helm
[ -x "$helm3" ] || GOBIN=$cache/helm-$version go install -p=1 "helm.sh/helm/v3/cmd/helm@$version"
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for values in values-dev values-prod ci/trial-values ci/everything-values; do
  for helm in helm3 helm4; do
    eval "program=\$$helm"
    # A Helm that was built so believes that every cluster is of version 1.20.
    "$program" template omd helm/omd-worker --namespace monitoring --kube-version 1.35.0 -f "helm/omd-worker/$values.yaml" >"$out/$helm.yaml"
  done
  printf '%s: ' "$values"
  node helm/render/same-objects.ts "$out/helm3.yaml" "$out/helm4.yaml"
done
if "$helm3" template omd helm/omd-worker --kube-version 1.35.0 --set pools.snmp.config.maxworker=5 >"$out/refused" 2>&1; then
  echo "Helm 3 takes an option that is none" && exit 1
fi
echo "Helm 3 refuses an option that is none:"
cat "$out/refused"

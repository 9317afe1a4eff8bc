#!/bin/sh
# What kube-score says about the chart. It is built with Go, once, into a cache outside of the repository.
#   sh helm/tools/kube-score.sh
# The rule that is ignored, and what is left, are answered in docs/kubernetes.md.
set -eu
version=v1.20.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/omd-worker-tests
helm=${HELM:-$cache/helm-4.1.4/helm/helm}
score=$cache/kube-score-$version/kube-score
[ -x "$score" ] || GOBIN=$cache/kube-score-$version go install -p=1 "github.com/zegl/kube-score/cmd/kube-score@$version"
cd "$(dirname "$0")/../.."
for values in values-dev values-prod ci/trial-values ci/everything-values; do
  echo "== $values"
  "$helm" template omd helm/omd-worker --namespace monitoring --kube-version 1.35.0 -f "helm/omd-worker/$values.yaml" |
    "$score" score --ignore-test container-image-pull-policy --output-format ci - | grep -Ev '^\[(OK|SKIPPED)\]' || echo "no findings"
done

#!/bin/sh
# Brings a site's repository to its stages. Run it in a checkout of that repository:
#   rollout.sh validate        is it right? Exit code 1, and the reasons on standard error
#   rollout.sh deploy STAGE    brings it to the stage: Helm releases, then workers outside of Kubernetes
# The environment may name other programs: HELM, OMD_WORKER, SSH. ATOMIC=--atomic is for Helm 3.
# With ZULIP_CONF=FILE (a zulip.conf) each roll-out is told in Zulip: one message for a push and stage.
set -u
HELM=${HELM:-helm} OMD_WORKER=${OMD_WORKER:-omd-worker} SSH=${SSH:-ssh -o BatchMode=yes} ATOMIC=${ATOMIC:---rollback-on-failure}
failed=0

complain() {
  echo "rollout: $*" >&2
  failed=1
}

# Values of site.conf. The file comes from whoever pushes, so it is read and never executed.
setting() {
  sed -n "s/^$1=//p" site.conf | head -n 1
}

chart() {
  version=$(setting CHART_VERSION)
  printf '%s\n' "$(setting CHART)"
  [ -z "$version" ] || printf -- '--version\n%s\n' "$version"
}

stages() {
  for file in values/*.yaml; do
    [ -f "$file" ] && basename "$file" .yaml
  done
}

validate_stage() {
  objects=$(chart | xargs "$HELM" template "$1" --namespace "omd-$1" --values "values/$1.yaml" 2>&1) || {
    complain "values/$1.yaml:"
    printf '%s\n' "$objects" >&2
    return
  }
  # A password in a repository stays in its history for ever.
  if printf '%s\n' "$objects" | grep -qx 'kind: Secret'; then
    complain "values/$1.yaml holds a secret: make a Secret in the cluster and name it (gearman.existingSecret)"
  fi
}

# The key file of a satellite is not on this machine.
validate_satellite() {
  copy=$(mktemp)
  sed 's/^[[:space:]]*keyfile[[:space:]]*=.*/key=a-key-for-the-check/' "$1" >"$copy"
  said=$($OMD_WORKER config check "$copy" 2>&1) || complain "$(printf '%s\n' "$said" | sed "s|$copy|$1|")"
  rm -f "$copy"
  if grep -Eq '^[[:space:]]*(key|password)[[:space:]]*=' "$1"; then
    complain "$1 holds the key: write it into a file of the satellite and name that (keyfile=)"
  fi
}

validate() {
  [ -f site.conf ] || complain "there is no site.conf: CHART=oci://registry.example.org/charts/omd-worker"
  [ -n "$(stages)" ] || complain "there is no values/STAGE.yaml"
  for stage in $(stages); do
    validate_stage "$stage"
  done
  for file in satellites/*/*.conf; do
    [ ! -f "$file" ] || validate_satellite "$file"
  done
  return $failed
}

# announce STAGE NODE=ok|failed… Zulip is no part of the roll-out, so nothing of it may fail.
announce() {
  [ -n "${ZULIP_CONF-}" ] || return 0
  stage=$1
  shift
  $OMD_WORKER zulip announce "${ROLLOUT_COMMIT:-${CI_COMMIT_SHORT_SHA:-unknown}}" "$@" --config="$ZULIP_CONF" --stage="$stage" \
    --nodes="$nodes" --subject="${ROLLOUT_SUBJECT:-${CI_COMMIT_AUTHOR-}: ${CI_COMMIT_TITLE-}}" >/dev/null ||
    echo "rollout: the roll-out could not be told in Zulip" >&2
}

# The file is exchanged at once, after the satellite has found it right. A worker with reload_on_change=yes follows.
deploy_satellite() {
  host=$(basename "$1" .conf)
  $SSH "$host" 'set -e
    new=/etc/omd-worker/worker.conf.new
    cat >"$new"
    omd-worker config check "$new"
    mv "$new" /etc/omd-worker/worker.conf' <"$1" && announce "$2" "$host=ok" ||
    { complain "$host keeps the configuration it had"; announce "$2" "$host=failed: keeps the configuration it had"; }
}

deploy() {
  [ -f "values/$1.yaml" ] || { complain "there is no values/$1.yaml"; return 1; }
  nodes=$(($(find "satellites/$1" -name '*.conf' 2>/dev/null | wc -l) + 1))
  chart | xargs "$HELM" upgrade --install "$1" --namespace "omd-$1" --values "values/$1.yaml" "$ATOMIC" --wait --timeout 10m --history-max 10 ||
    { complain "$1 was not rolled out, Helm has gone back to what was there"; announce "$1" "cluster=failed: Helm has gone back to what was there"; return 1; }
  if "$HELM" test "$1" --namespace "omd-$1"; then announce "$1" cluster=ok
  else
    complain "$1 was rolled out, and its test has failed"
    announce "$1" "cluster=failed: it is rolled out, and its test has failed"
  fi
  for file in "satellites/$1"/*.conf; do
    [ ! -f "$file" ] || deploy_satellite "$file" "$1"
  done
  return $failed
}

case ${1-} in
  validate) validate ;;
  deploy) deploy "${2:?which stage?}" ;;
  *) sed -n '2,6s/^# //p' "$0" >&2; exit 3 ;;
esac

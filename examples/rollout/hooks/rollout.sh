#!/bin/sh
# Brings a site's repository to its stages. Run it in a checkout of that repository:
#   rollout.sh validate        is it right? Exit code 1, and the reasons on standard error
#   rollout.sh deploy STAGE    brings it to the stage: Helm releases, then workers outside of Kubernetes
# The environment may name other programs: HELM, OMD_WORKER, SSH. ATOMIC=--atomic is for Helm 3.
# CHARTS="oci://…" names the charts that may be rolled out. WORKER_USER is the worker's user on satellites.
# With ZULIP_CONF=FILE (a zulip.conf) each roll-out is told in Zulip: one message for a push and stage.
set -u
HELM=${HELM:-helm} OMD_WORKER=${OMD_WORKER:-omd-worker} SSH=${SSH:-ssh -o BatchMode=yes} ATOMIC=${ATOMIC:---rollback-on-failure}
WORKER_USER=${WORKER_USER:-omd-worker}
. "$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/names.sh"
failed=0

complain() {
  printf '%s\n' "rollout: $*" >&2
  failed=1
}

# What is here comes from whoever pushes: names become words of programs, and a link could lead to files of this machine.
check_names() {
  [ -f site.conf ] || complain "there is no site.conf: CHART=oci://registry.example.org/monitoring/charts/omd-worker"
  [ -z "$(find site.conf values satellites -name '*[!A-Za-z0-9._-]*' 2>/dev/null)" ] ||
    { complain "a name in values or satellites has other characters than letters, digits, dots and dashes"; return 1; }
  for path in $(find site.conf values satellites ! -type d 2>/dev/null); do
    [ -f "$path" ] && [ ! -L "$path" ] && is_site_file "$path" ||
      complain "$path is refused: there are only plain files, by the names $FORMS"
  done
  return $failed
}

# Values of site.conf. The file comes from whoever pushes, so it is read and never executed.
setting() {
  sed -n "s/^$1=//p" site.conf | head -n 1
}

# One word each, and none that is an option or a file of the push.
read_chart() {
  CHART=$(setting CHART) VERSION=$(setting CHART_VERSION)
  is_chart "$CHART" || complain "site.conf: CHART is not ${CHARTS:-oci://REGISTRY/NAME}"
  case $CHART in
    oci://*) is_version "$VERSION" || complain "site.conf: CHART_VERSION is no version such as 1.2.3: each stage could get another chart" ;;
    *) [ -z "$VERSION" ] || is_version "$VERSION" || complain "site.conf: CHART_VERSION is no version such as 1.2.3" ;;
  esac
  return $failed
}

is_chart() {
  for chart in ${CHARTS-}; do
    [ "$1" != "$chart" ] || return 0
  done
  [ -z "${CHARTS-}" ] && printf '%s\n' "$1" | grep -Eqx 'oci://[A-Za-z0-9][A-Za-z0-9._:/-]*'
}

is_version() {
  printf '%s\n' "$1" | grep -Eqx 'v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?'
}

# helm_with_chart WORD… puts the chart behind the words.
helm_with_chart() {
  set -- "$@" "$CHART"
  [ -z "$VERSION" ] || set -- "$@" --version "$VERSION"
  "$HELM" "$@"
}

stages() {
  for file in values/*.yaml; do
    [ -f "$file" ] && basename "$file" .yaml
  done
}

# Whether objects have a Secret: one of its own, in a list, or written in one line. A reference to one is none.
hold_secret() {
  awk -v quote="[\"']?" '
    function is(name) { return name quote "[ \t]*:[ \t]*" quote }
    function end() { if (list && item) found = 1; list = item = 0 }
    BEGIN { last = quote "[ \t\r]*(#.*)?$"; kind = quote is("kind") }
    /^---/ { end() }
    $0 ~ "^" kind "Secret(List)?" last { found = 1 }
    $0 ~ "^" kind "List" last { list = 1 }
    $0 ~ "^[ \t-]+" kind "Secret" last || $0 ~ "[{,][ \t]*" kind "Secret" quote "[ \t]*[,}]" { item = 1 }
    /^[{]/ { list = 1 }
    END { end(); exit !found }
  '
}

validate_stage() {
  objects=$(helm_with_chart template "$1" --namespace "omd-$1" --values "values/$1.yaml" 2>&1) || {
    complain "values/$1.yaml:"
    printf '%s\n' "$objects" >&2
    return
  }
  # A password in a repository stays in its history for ever.
  if printf '%s\n' "$objects" | hold_secret; then
    complain "values/$1.yaml holds a secret: make a Secret in the cluster and name it (gearman.existingSecret)"
  fi
}

# The files that it names are the satellite's: here nothing of them is read or run.
validate_satellite() {
  said=$($OMD_WORKER config check --alone "$1" 2>&1) || complain "$said"
  if grep -Eiq '^[[:space:]]*-*(key|password|accepted[_-]key|server[_-]key|dupserver[_-]key|status[_-]page[_-]auth)[[:space:]]*=' "$1"; then
    complain "$1 holds a key or a password: write it into a file of the satellite and name that (keyfile=)"
  fi
}

validate() {
  check_names && read_chart || return 1
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

# Runs on the satellite. The file is exchanged at once, with the owner and mode of the one before, after the worker's user has found it right.
ON_SATELLITE='set -eu
file=$(readlink -f /etc/omd-worker/worker.conf)
new=$file.new
trap "rm -f \"\$new\"" EXIT
rm -f "$new"
umask 027
if [ -e "$file" ]; then cp -p "$file" "$new"; else : >"$new"; fi
if [ ! -e "$file" ] && [ "$(id -u)" = 0 ]; then chgrp "$(id -g "$user")" "$new"; fi
cat >"$new"
if [ -e "$file" ] && [ "$(stat -c %u:%g:%a "$file")" != "$(stat -c %u:%g:%a "$new")" ]; then
  echo "$(id -un) cannot keep the owner and mode of $file" >&2
  exit 1
fi
as=
[ "$(id -u)" != 0 ] || as="runuser -u $user --"
$as omd-worker config check "$new"
mv "$new" "$file"'

# A worker with reload_on_change=yes follows.
deploy_satellite() {
  host=$(basename "$1" .conf)
  $SSH -- "$host" "user='$WORKER_USER'; $ON_SATELLITE" <"$1" && announce "$2" "$host=ok" ||
    { complain "$host keeps the configuration it had"; announce "$2" "$host=failed: keeps the configuration it had"; }
}

deploy() {
  is_stage "$1" || { complain "$1 is no name of a stage"; return 1; }
  check_names && read_chart || return 1
  [ -f "values/$1.yaml" ] || { complain "there is no values/$1.yaml"; return 1; }
  nodes=$(($(find "satellites/$1" -name '*.conf' 2>/dev/null | wc -l) + 1))
  helm_with_chart upgrade --install "$1" --namespace "omd-$1" --values "values/$1.yaml" "$ATOMIC" --wait --timeout 10m --history-max 10 ||
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
  *) sed -n '2,8s/^# //p' "$0" >&2; exit 3 ;;
esac

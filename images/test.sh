#!/bin/sh
# Runs the images that images/build.sh has built, hardened as in a restricted pod, against a real gearmand and real servers.
#
#   images/test.sh [-r RUNNER] [-p PREFIX] [-t TAG] [TARGET…]
#
#   -r RUNNER   docker or podman, with words of its own if need be; the first one found unless given
#   -p, -t      as for images/build.sh
#
# The containers are in the network of this machine. Where its net.ipv4.ping_group_range is closed, doctor warns of pings;
# `unshare --net` with `ip link set lo up` and `sysctl` makes one of its own.
#
# It needs root, Debian's gearmand, snmpd, nrpe and PostgreSQL (installed if missing), and `npm ci` in this folder. Memory and
# times are only right on a machine that does nothing else.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "images/test.sh: $*" >&2; exit 2; }

runner='' IMAGE_PREFIX='' IMAGE_TAG=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json) targets=''
while [ $# -gt 0 ]; do
  case $1 in
    -r) runner=${2:?-r needs a runner}; shift ;;
    -p) IMAGE_PREFIX=${2:?-p needs a prefix}; shift ;;
    -t) IMAGE_TAG=${2:?-t needs a tag}; shift ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    *) targets="$targets $1" ;;
  esac
  shift
done

if [ -z "$runner" ]; then
  for name in docker podman; do
    if command -v "$name" > /dev/null; then runner=$name; break; fi
  done
fi
[ -n "$runner" ] || fail "no docker or podman"

export IMAGE_RUNNER="$runner" IMAGE_PREFIX IMAGE_TAG IMAGE_TARGETS="$targets"
PATH=$PWD/node_modules/.bin:$PATH
exec vitest run --config images/vitest.config.ts

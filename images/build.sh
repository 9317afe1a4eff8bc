#!/bin/sh
# Builds the omd-*-worker images from the Dockerfile.
#
#   images/build.sh [-b BUILDER] [-p PREFIX] [-t TAG] [TARGET…] [-- FLAGS…]
#
#   -b BUILDER  docker, podman or buildah, with words of its own if need be; the first one found unless given
#   -p PREFIX   goes in front of the names, as registry.example.org/monitoring/
#   -t TAG      the version in package.json unless given
#   TARGET      hostcheck, check-ssh, snmp, db, windows, integrations; all of them unless given
#   FLAGS       for each build, as --platform linux/arm64 --build-arg NODE_IMAGE=…@sha256:…
#
# With SOURCE_DATE_EPOCH=SECONDS in the environment all files have this time, so that two builds can be compared: docker's
# BuildKit takes it as it is (with --output type=…,rewrite-timestamp=true), podman and buildah are told by --timestamp.
set -eu
cd "$(dirname "$0")/.."

TARGETS="hostcheck check-ssh snmp db windows integrations"
fail() { echo "images/build.sh: $*" >&2; exit 2; }

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
[ -n "$version" ] || fail "package.json has no version"
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

builder='' prefix='' tag=$version targets=''
while [ $# -gt 0 ]; do
  case $1 in
    -b) builder=${2:?-b needs a builder}; shift ;;
    -p) prefix=${2:?-p needs a prefix}; shift ;;
    -t) tag=${2:?-t needs a tag}; shift ;;
    --) shift; break ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    *) case " $TARGETS " in *" $1 "*) targets="$targets $1" ;; *) fail "no target $1, there are $TARGETS" ;; esac ;;
  esac
  shift
done

if [ -z "$builder" ]; then
  for name in docker podman buildah; do
    if command -v "$name" > /dev/null; then builder=$name; break; fi
  done
fi
[ -n "$builder" ] || fail "no docker, podman or buildah"

# buildah 1.28 leaves a container of the stage `node`, which has no steps, after each build. Others leave none.
case " $builder " in *[/\ ]buildah\ *) set -- --force-rm "$@" ;; esac
case " $builder " in
  *[/\ ]buildah\ * | *[/\ ]podman\ *) [ -z "${SOURCE_DATE_EPOCH:-}" ] || set -- --timestamp "$SOURCE_DATE_EPOCH" "$@" ;;
esac

for target in ${targets:-$TARGETS}; do
  case $target in integrations) name=omd-integrations ;; *) name=omd-$target-worker ;; esac
  image=$prefix$name:$tag
  echo "== $image"
  # shellcheck disable=SC2086 # a builder may have words of its own
  $builder build --target "$target" --tag "$image" --label org.opencontainers.image.version="$version" \
    --label org.opencontainers.image.revision="$revision" "$@" .
done

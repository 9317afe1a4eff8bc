#!/bin/sh
# Builds all images for all platforms, and pushes them and the chart as OCI artefacts. The version is that of package.json.
#
#   release/release.sh [OPTION…] DESTINATION [-- FLAGS…]
#
#   DESTINATION        registry.example.org/monitoring, or oci:FOLDER, which gets an OCI layout for each image
#   -n IMAGE@sha256:…  the image with Node.js 24 and npm (docker.io/library/node:24-bookworm-slim)
#   -d IMAGE@sha256:…  the image of Debian (docker.io/library/debian:bookworm-slim)
#   -a PLATFORMS       linux/amd64,linux/arm64 unless given
#   -i TARGETS         hostcheck,check-ssh,snmp,db,windows,integrations unless given
#   -o FOLDER          for digests.txt, the lists of what the images hold, and the chart; release-VERSION unless given
#   -u                 also with base images that have no digest, and from a folder with changes: a try, not a release
#   FLAGS              for each build by buildah
#
# Needs buildah; for platforms of other processors binfmt_misc with QEMU; for the chart helm 3.8 or later. BUILDAH and HELM
# name others than the first in PATH, BUILDAH_PUSH and HELM_PUSH have words for pushing, as --tls-verify=false and --plain-http.
# Log in before, with `buildah login` and `helm registry login`.
set -eu
cd "$(dirname "$0")/.."

fail() { echo "release/release.sh: $*" >&2; exit 2; }
say() { echo "== $*"; }

CHART=helm/omd-worker
BUILDAH=${BUILDAH:-buildah}
HELM=${HELM:-helm}
node_image=docker.io/library/node:24-bookworm-slim debian_image=docker.io/library/debian:bookworm-slim
platforms=linux/amd64,linux/arm64 targets=hostcheck,check-ssh,snmp,db,windows,integrations
output='' is_try=''
while getopts n:d:a:i:o:u option; do
  case $option in
    n) node_image=$OPTARG ;;
    d) debian_image=$OPTARG ;;
    a) platforms=$OPTARG ;;
    i) targets=$OPTARG ;;
    o) output=$OPTARG ;;
    u) is_try=yes ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "where to? name a registry, or oci:FOLDER"
destination=${1%/}
shift
[ "${1:-}" != -- ] || shift

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
[ -n "$version" ] || fail "package.json has no version"
revision=$(git rev-parse HEAD 2> /dev/null || echo unknown)
output=${output:-release-$version}

if [ -z "$is_try" ]; then
  for image in "$node_image" "$debian_image"; do
    case $image in *@sha256:*) ;; *) fail "name the base images with their digests (-n, -d), or try it with -u" ;; esac
  done
  [ -z "$(git status --porcelain)" ] || fail "the folder has changes that are not committed"
  grep -q "^## $version" CHANGELOG.md || fail "CHANGELOG.md has no heading for $version"
  ! grep -q "^## $version (unreleased)" CHANGELOG.md || fail "CHANGELOG.md says that $version is unreleased"
  npm audit --omit=dev --package-lock-only || fail "npm audit has findings, or its registry does not answer it"
fi

# The platform of this machine. For buildah 1.28 BUILDPLATFORM is that of the image, and npm and the compiler would be emulated.
case $(uname -m) in
  x86_64) here=linux/amd64 ;;
  aarch64) here=linux/arm64 ;;
  *) fail "there is no image for this machine's processor, $(uname -m)" ;;
esac
set -- "$@" --build-arg BUILDPLATFORM=$here
# All files have the time of the commit, so that the same commit and the same packages make the same layers.
set -- "$@" --timestamp "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}"
set -- "$@" --label org.opencontainers.image.version="$version" --label org.opencontainers.image.revision="$revision"

buildah_() {
  # shellcheck disable=SC2086 # it may have words of its own
  $BUILDAH "$@"
}

# An image by its digest alone: buildah 1.28 does not look for image:tag@digest in a registry when it asks for a list.
without_tag() { # IMAGE
  case $1 in *@*) ;; *) echo "$1"; return ;; esac
  name=${1%@*}
  case ${name##*/} in *:*) name=${name%:*} ;; esac
  echo "$name@${1#*@}"
}

# The image of one platform in a list, by its own digest: buildah 1.28 takes any image that it has by the list's name.
of_platform() { # IMAGE PLATFORM
  image=$(without_tag "$1")
  if ! manifest=$(buildah_ manifest inspect "$image" 2>&1); then
    # A registry of a site often has an image of one platform, without a list; save_lists refuses it for another platform.
    # For a try (-u) it may also be an image that only buildah's storage has.
    case $manifest in
      *'not a list type'*) ;;
      *) buildah_ inspect --type image "$image" > /dev/null 2>&1 || fail "$1: $manifest" ;;
    esac
    manifest=''
  fi
  case $manifest in *'"manifests"'*) ;; *) echo "$image"; return ;; esac
  digest=$(echo "$manifest" | awk -F '"' -v arch="${2#*/}" \
    '$2 == "digest" { digest = $4 } $2 == "architecture" && $4 == arch { print digest; exit }')
  [ -n "$digest" ] || fail "$1 has no image for $2"
  without_tag "${1%@*}@$digest"
}

# For a processor, the second half of a platform: the number of its programs in the head of an ELF file.
machine_of() { # ARCH
  case $1 in
    amd64) echo 003e ;;
    arm64) echo 00b7 ;;
    *) fail "there is no image for the processor $1" ;;
  esac
}

# The lists of what an image holds, for those who look for a vulnerable package.
save_lists() { # IMAGE NAME ARCH
  container=$(buildah_ from --pull-never "$1")
  root=$(buildah_ mount "$container")
  cp "$root/usr/share/doc/omd-worker/debian.txt" "$output/$2.debian.txt"
  cp "$root/opt/omd-worker/sbom.cdx.json" "$output/$2.sbom.cdx.json"
  machine=$(od -An -tx2 -j18 -N2 "$root/usr/local/bin/node" | tr -d ' ')
  buildah_ rm "$container" > /dev/null
  # Whatever buildah has taken for the base images, the image says that it is for the platform that was asked for.
  foreign=$(awk -v arch="$3" 'NF == 3 && $3 != "all" && $3 != arch { print $3; exit }' "$output/$2.debian.txt")
  [ -z "$foreign" ] || fail "$1 holds Debian packages for $foreign"
  [ "$machine" = "$(machine_of "$3")" ] || fail "$1 holds a Node.js for another processor"
}

split() { echo "$1" | tr ',' ' '; }

# What was pushed, as REFERENCE@DIGEST: what a chart's values and a signature name.
record() { # REFERENCE DIGEST
  echo "$2" | grep -Eqx 'sha256:[0-9a-f]{64}' || fail "$1 was not pushed"
  echo "$1@$2" >> "$output/digests.txt"
}

push() { # LIST NAME
  # buildah 1.28 ends with 0 whatever happens when it writes a digest; the file is empty then.
  file=$output/pushed
  : > "$file"
  case $destination in
    oci:*)
      folder=${destination#oci:}/$2
      mkdir -p "$folder"
      buildah_ manifest push --all --digestfile "$file" "$1" "oci:$folder:$version"
      ;;
    *)
      # shellcheck disable=SC2086
      buildah_ manifest push --all --digestfile "$file" ${BUILDAH_PUSH:-} "$1" "docker://$destination/$2:$version"
      ;;
  esac
  record "$destination/$2:$version" "$(cat "$file")"
  rm "$file"
}

push_chart() { # FILE NAME
  case $destination in
    oci:*)
      cp "$1" "${destination#oci:}/"
      record "${destination#oci:}/$(basename "$1")" "sha256:$(sha256sum < "$1" | cut -d' ' -f1)"
      ;;
    *)
      # shellcheck disable=SC2086
      told=$($HELM push "$1" "oci://$destination/charts" ${HELM_PUSH:-} 2>&1) || { echo "$told" >&2; exit 1; }
      echo "$told"
      record "$destination/charts/$2:$version" "$(echo "$told" | sed -n 's/^Digest: *//p')"
      ;;
  esac
}

build() { # PLATFORM WORDS…
  platform=$1
  shift
  node=$(of_platform "$node_image" "$platform")
  builder=$(of_platform "$node_image" "$here")
  debian=$(of_platform "$debian_image" "$platform")
  set -- "$@" --label org.opencontainers.image.base.name="${debian_image%@*}"
  case $debian in *@*) set -- "$@" --label org.opencontainers.image.base.digest="${debian#*@}" ;; esac
  # Without --force-rm buildah 1.28 leaves a container of the stage `node`, which has no steps, after each build.
  buildah_ build --force-rm --platform "$platform" --build-arg NODE_IMAGE="$node" --build-arg BUILDER_IMAGE="$builder" \
    --build-arg DEBIAN_IMAGE="$debian" "$@" .
}

mkdir -p "$output"
: > "$output/digests.txt"
done_=''
for target in $(split "$targets"); do
  case $target in integrations) name=omd-integrations ;; *) name=omd-$target-worker ;; esac
  list=localhost/$name-release:$version
  buildah_ manifest rm "$list" > /dev/null 2>&1 || true
  buildah_ manifest create "$list" > /dev/null
  for platform in $(split "$platforms"); do
    arch=${platform#*/}
    image=localhost/$name:$version-$arch
    say "$name for $platform"
    build "$platform" --target "$target" --tag "$image" "$@"
    buildah_ manifest add "$list" "$image" > /dev/null
    save_lists "$image" "$name.$arch" "$arch"
  done
  push "$list" "$name"
  done_="$done_
$destination/$name:$version ($platforms)"
done

if [ -f "$CHART/Chart.yaml" ]; then
  # shellcheck disable=SC2086
  $HELM package "$CHART" --version "$version" --app-version "$version" --destination "$output"
  chart=$(sed -n 's/^name: *//p' "$CHART/Chart.yaml")
  package=$output/$chart-$version.tgz
  push_chart "$package" "$chart"
  done_="$done_
chart $(basename "$package")"
fi

say "version $version of $revision, to $destination:$done_"
say "digests: $output/digests.txt; what the images hold: beside it"

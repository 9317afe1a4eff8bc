#!/usr/bin/env bash
# Installs, upgrades, removes and purges the Debian package in a clean chroot, and lets it run a check of a real gearmand:
# packaging/deb/test.sh [omd-worker_VERSION_ARCH.deb]. Needs root, mmdebstrap and the network of apt. About two minutes. For another
# architecture than this machine's also QEMU by binfmt_misc (qemu-user-static), which takes much longer.
set -euo pipefail
cd "$(dirname "$0")/../.."
deb=$(realpath "${1:-$(ls -t omd-worker_*_"$(dpkg --print-architecture)".deb | head -1)}")
sources=/etc/apt/sources.list.d/debian.sources
[ -s "$sources" ] || sources=/etc/apt/sources.list
arch=$(dpkg-deb -f "$deb" Architecture)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
work=$(mktemp -d)
chroot=$work/chroot
children=()
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

cleanup() {
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
  umount --lazy "$chroot/proc" "$chroot/dev/shm" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

passed=0
ok() { passed=$((passed + 1)); echo "ok $passed - $1"; }
die() { echo "not ok - $1" >&2; exit 1; }
inside() { chroot "$chroot" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
as() { # USER COMMAND…
  local user=$1
  shift
  inside setpriv --reuid="$user" --regid="$user" --init-groups "$@"
}
as_worker() { as omd-worker "$@"; }
check() { # NAME COMMAND…
  local name=$1
  shift
  "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; die "$name"; }
  ok "$name"
}
expect() { # NAME PATTERN COMMAND…
  local name=$1 wanted=$2 given
  shift 2
  given=$("$@" 2>&1) || true
  # shellcheck disable=SC2053
  [[ $given == $wanted ]] || die "$name: $given"
  ok "$name"
}
files() {
  (cd "$chroot" && find . -xdev ! -path './proc/*' ! -path './dev/*' ! -path './tmp/*' ! -path './var/cache/*' ! -path './var/lib/apt/*' \
    ! -path './var/lib/dpkg/*' ! -path './var/lib/systemd/*' ! -path './var/log/apt/*' ! -path './root/*' ! -path './run/*' ! -path './var/gearmand.pid' \
    ! -name '*-' ! -name '*.pyc' | sort)
}

echo "# a clean Debian $suite for $arch"
mmdebstrap --quiet --architectures="$arch" --variant=minbase --include=adduser,gearman-job-server,gearman-tools,man-db,logrotate,systemd,libstdc++6,monitoring-plugins-basic \
  "$suite" "$chroot" "$sources"
mount -t proc proc "$chroot/proc"
mkdir -p "$chroot/dev/shm"
mount -t tmpfs tmpfs "$chroot/dev/shm"
cp /etc/resolv.conf "$chroot/etc/resolv.conf"
# Nothing is started; what would have been is written down.
printf '#!/bin/sh\necho "$*" >>/tmp/policy\nexit 101\n' >"$chroot/usr/sbin/policy-rc.d"
chmod 755 "$chroot/usr/sbin/policy-rc.d"
cp "$deb" "$chroot/tmp/first.deb"
# The next version: the same files, another number, and another worker.conf.
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/&+next1/' "$work/next/DEBIAN/control"
echo '# new in the next version' >>"$work/next/etc/omd-worker/worker.conf"
dpkg-deb --root-owner-group -Zgzip -z1 -b "$work/next" "$chroot/tmp/next.deb" >/dev/null
rm -r "$work/next"
touch "$chroot/var/log/dpkg.log" "$chroot/var/log/alternatives.log"
files >"$work/before"

echo "# install"
check "it installs" inside apt-get install -y --no-install-recommends /tmp/first.deb
version=$(dpkg-deb -f "$deb" Version)
expect "it says its version" "omd-worker ${version%-*}" inside omd-worker --version
expect "the configuration is root's, and the worker reads it" '640 root omd-worker' inside stat -c '%a %U %G' /etc/omd-worker/worker.conf
expect "the log folder is the worker's" '2750 omd-worker adm' inside stat -c '%a %U %G' /var/log/omd-worker
check "its list of components has this Node.js" grep -qF "\"pkg:generic/node@$(inside /usr/lib/omd-worker/bin/node --version | sed s/v//)\"" "$chroot/usr/lib/omd-worker/sbom.cdx.json"
check "its man pages are there" test -s "$chroot/usr/share/man/man1/omd-worker-send.1.gz" -a -s "$chroot/usr/share/man/man5/omd-worker.conf.5.gz"
units=(omd-worker omd-worker-zulip-notifier omd-worker-zulip-bot omd-worker-perfdata)
for unit in "${units[@]}"; do
  check "systemd finds no fault in $unit" inside systemd-analyze verify --man=no "/lib/systemd/system/$unit.service"
  expect "$unit is not enabled" 'disabled*' inside systemctl is-enabled "$unit.service"
  check "the user of $unit is there" grep -q "^$(sed -n 's/^User=//p' "$chroot/lib/systemd/system/$unit.service"):" "$chroot/etc/passwd"
done
expect "the bot's configuration is the bot's" '640 root omd-zulip-bot' inside stat -c '%a %U %G' /etc/omd-worker/zulip-bot.conf
expect "the worker cannot read it" '*Permission denied*' as_worker cat /etc/omd-worker/zulip-bot.conf
expect "the bot's folder is the bot's" '700 omd-zulip-bot' inside stat -c '%a %U' /var/lib/omd-zulip-bot
expect "the spools are the worker's" $'700 omd-worker\n700 omd-worker' inside stat -c '%a %U' /var/spool/omd-worker/zulip /var/spool/omd-worker/perfdata
check "logrotate reads its file" inside logrotate -d /etc/logrotate.d/omd-worker
check "it makes the names of mod_gearman's programs" inside omd-worker link-names /usr/local/bin
expect "which are this program" 'gearman_top: version*of omd-worker*' inside /usr/local/bin/gearman_top -V

echo "# a check"
port=54731
chroot "$chroot" gearmand --listen=127.0.0.1 --port=$port --log-file=stderr >"$work/gearmand.log" 2>&1 &
children+=($!)
printf 'server=127.0.0.1:%s\nencryption=no\nservices=yes\nidentifier=chroot\nlogfile=/var/log/omd-worker/worker.log\n' $port >"$chroot/etc/omd-worker/worker.conf"
unit=$(sed -n 's/^ExecStart=[-@:+!]*//p' "$chroot/lib/systemd/system/omd-worker.service")
# As chroot, env and setpriv become the program, this is its process.
# shellcheck disable=SC2086
chroot "$chroot" /usr/bin/env -i PATH=/usr/bin:/bin setpriv --reuid=omd-worker --regid=omd-worker --init-groups $unit >"$work/worker.log" 2>&1 &
worker=$!
children+=("$worker")
for _ in $(seq 100); do grep -q 'started with pid' "$chroot/var/log/omd-worker/worker.log" 2>/dev/null && break; sleep 0.2; done
job=$(printf 'type=service\nresult_queue=results\nhost_name=web\nservice_description=s\nstart_time=%s.0\ntimeout=20\ncommand_line=/usr/lib/nagios/plugins/check_dummy 1 hello\n' "$(date +%s)" | base64 -w0)
inside gearman -h 127.0.0.1 -p $port -b -f service -- "$job" || die "the job was not taken"
# What a worker of gearman prints goes back to who has sent the job, which is nobody here.
timeout 30 chroot "$chroot" gearman -h 127.0.0.1 -p $port -w -c 1 -f results -- tee /tmp/result || true
answer=$(base64 -d "$chroot/tmp/result" 2>/dev/null || true)
[[ $answer == *return_code=1* && $answer == *'WARNING: hello'* ]] || { cat "$work/worker.log" "$chroot/var/log/omd-worker/worker.log" >&2; die "the check was not answered: $answer"; }
ok "a job is answered"
status=0
as_worker omd-worker doctor --config=/etc/omd-worker/worker.conf >"$work/out" 2>&1 || status=$?
[ "$status" -lt 2 ] || { cat "$work/out" >&2; die "the doctor has errors"; }
ok "the doctor has no error"
expect "it is asked how it is" 'chroot: omd-worker*takes jobs*' as_worker omd-worker status --config=/etc/omd-worker/worker.conf
kill -TERM "$worker"
wait "$worker" || die "the worker did not end well: $?"
ok "TERM ends it"

echo "# the programs beside the worker"
mkdir -p "$chroot/etc/omd-worker/keys"
for file in zulip-bot:zulip-bot.key zulip-bot:icinga.password worker:zulip.key worker:thruk.key worker:secret.key; do
  echo 0123456789abcdef >"$chroot/etc/omd-worker/keys/${file#*:}"
  inside chown "omd-${file%%:*}" "/etc/omd-worker/keys/${file#*:}"
done
inside chmod 0400 -R /etc/omd-worker/keys --preserve-root
chmod 0755 "$chroot/etc/omd-worker/keys"
for conf in zulip zulip-bot perfdata; do
  cp "$chroot/etc/omd-worker/$conf.conf" "$work/$conf.conf"
  sed -i -e 's|/etc/omd-worker/\([a-z.-]*\)|/etc/omd-worker/keys/\1|g' -e 's| ca_file=[^ ]*||' "$chroot/etc/omd-worker/$conf.conf"
done
expect "the sample of the notifier can be used" '*the configuration is fine*' as_worker omd-worker zulip-notifier --check-config --config=/etc/omd-worker/zulip.conf
expect "and the core's call keeps a notification" '' as_worker omd-worker notify zulip --config=/etc/omd-worker/zulip.conf HOSTNAME=web1 HOSTSTATE=DOWN NOTIFICATIONTYPE=PROBLEM
expect "in the spool" '1' inside sh -c 'find /var/spool/omd-worker/zulip -maxdepth 1 -type f | wc -l'
expect "the sample of the bot can be used, and nobody may ask it" '*nobody may ask for anything*' as omd-zulip-bot omd-worker zulip-bot --check-config --config=/etc/omd-worker/zulip-bot.conf
expect "the sample of perfdata can be used" '*the configuration can be used*' as_worker omd-worker perfdata --check-config --config=/etc/omd-worker/perfdata.conf
inside chown games /var/spool/omd-worker/zulip
for conf in zulip zulip-bot perfdata; do cp "$work/$conf.conf" "$chroot/etc/omd-worker/$conf.conf"; done
rm -r "$chroot/etc/omd-worker/keys"

echo "# upgrade"
chmod 0600 "$chroot/etc/omd-worker/worker.conf"
cp "$chroot/etc/omd-worker/worker.conf" "$work/mine"
# As if systemd ran: the scripts of the package ask it then, by way of policy-rc.d.
mkdir -p "$chroot/run/systemd/system"
: >"$chroot/tmp/policy"
check "it upgrades" inside apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold /tmp/next.deb
# shellcheck disable=SC2016
expect "to the next version" '*+next1' inside dpkg-query -W -f '${Version}' omd-worker
for unit in "${units[@]}"; do
  check "$unit would be restarted, if it ran" grep -qx "$unit.service try-restart" "$chroot/tmp/policy"
done
expect "nothing would be stopped or started" '' grep -E ' (stop|start)$' "$chroot/tmp/policy"
check "the configuration is kept" cmp "$work/mine" "$chroot/etc/omd-worker/worker.conf"
expect "with the mode it had" '600' inside stat -c %a /etc/omd-worker/worker.conf
expect "a spool that was given to another user stays his" 'games' inside stat -c %U /var/spool/omd-worker/zulip
check "the log is kept" test -s "$chroot/var/log/omd-worker/worker.log"

echo "# remove and purge"
inside rm /usr/local/bin/{mod_gearman_worker,send_gearman,check_gearman,gearman_top,send_multi}
check "it is removed" inside apt-get remove -y omd-worker
for unit in "${units[@]}"; do
  check "$unit would be stopped" grep -qx "$unit.service stop" "$chroot/tmp/policy"
done
check "the configuration stays" cmp "$work/mine" "$chroot/etc/omd-worker/worker.conf"
check "the program is gone" test ! -e "$chroot/usr/lib/omd-worker"
check "it is purged" inside apt-get purge -y omd-worker
files >"$work/after"
diff "$work/before" "$work/after" >"$work/out" || { cat "$work/out" >&2; die "something is left, or gone"; }
ok "no file is left, and none has gone"
expect "the users are gone" '' grep -E 'omd-(worker|zulip)' "$chroot/etc/passwd" "$chroot/etc/group"
echo "$passed passed, 0 failed"

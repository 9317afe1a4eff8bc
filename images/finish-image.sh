#!/bin/sh
# Runs as root at the end of each target of the Dockerfile, when its packages are installed.
set -eu

# A container without privileges cannot start a program whose file has a capability: "Operation not permitted", also where
# the program could do without. So no file keeps one: a copy has none. ping and fping then open an unprivileged socket,
# where net.ipv4.ping_group_range allows it. check_icmp cannot; the worker answers it (docs/images.md).
for program in /usr/bin/ping /usr/bin/fping /usr/lib/nagios/plugins/check_icmp /usr/lib/nagios/plugins/check_dhcp; do
  [ -f "$program" ] || continue
  cp -p "$program" "$program.plain"
  mv "$program.plain" "$program"
done
find / -xdev -type f -perm /6000 -exec chmod a-s {} +

mkdir -p /usr/share/doc/omd-worker
# shellcheck disable=SC2016 # the names are dpkg's
dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' > /usr/share/doc/omd-worker/debian.txt

rm -rf /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log /var/log/alternatives.log

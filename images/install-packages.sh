#!/bin/sh
# Runs as root in the Dockerfile: installs Debian packages and leaves the image as it shall be. Without names it only does the rest.
#
#   install-packages.sh [PACKAGE…]
set -eu

if [ $# -gt 0 ]; then
  apt-get update
  # Debian keeps one version of a package, so a build with versions here would fail after the next security update.
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
fi

# A container without privileges cannot start a program whose file has a capability: "Operation not permitted", also where
# the program could do without. So no file keeps one: a copy has none. ping and fping then open an unprivileged socket,
# where net.ipv4.ping_group_range allows it. check_icmp cannot; the worker answers it (docs/images.md).
for program in /usr/bin/ping /usr/bin/fping /usr/lib/nagios/plugins/check_icmp /usr/lib/nagios/plugins/check_dhcp; do
  [ -f "$program" ] || continue
  cp -p "$program" "$program.plain"
  mv "$program.plain" "$program"
done
find / -xdev -type f -perm /6000 -exec chmod a-s {} +

# Compiled Python names the time of its source. A builder that gives all files one time would make each program compile it
# anew, at each start; so it names the content instead, and Python does not look.
if command -v python3 > /dev/null; then
  python3 -B - << 'END'
import importlib.util
import pathlib

FLAGS = slice(4, 8)
BY_TIME = bytes(4)
BY_CONTENT_UNCHECKED = (1).to_bytes(4, "little")
for file in pathlib.Path("/usr").rglob("__pycache__/*.pyc"):
    compiled = file.read_bytes()
    source = pathlib.Path(importlib.util.source_from_cache(str(file)))
    if compiled[FLAGS] == BY_TIME and source.is_file():
        known_by = BY_CONTENT_UNCHECKED + importlib.util.source_hash(source.read_bytes())
        file.write_bytes(compiled[:4] + known_by + compiled[16:])
END
fi

# What has the time of the build in it, or is only for the next build.
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache \
  /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-

mkdir -p /usr/share/doc/omd-worker
# shellcheck disable=SC2016 # the names are dpkg's
dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' > /usr/share/doc/omd-worker/debian.txt

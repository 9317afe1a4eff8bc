import type { Target } from "./targets.ts";

/**
 * A shell script that starts each plugin of an image as an administrator does first: asks it for its help. It names those
 * that lack something, a line each: a library, an interpreter, a module; and those that do not answer in 20 seconds.
 */
export const START_EACH_PLUGIN = `
cd /usr/lib/nagios/plugins
for plugin in check_* negate urlize; do
  [ -f "$plugin" ] || continue
  said=$(timeout 20 "./$plugin" --help 2>&1 < /dev/null); status=$?
  if [ $status -ge 124 ] || printf '%s' "$said" | grep -qE "Can't locate|ModuleNotFoundError"; then echo "$plugin"; fi
done
echo "asked: $(ls | wc -l)"
`;

const SNMP_OF_PERL = ["check_ifoperstatus", "check_ifstatus"];
const CLIENTS_OF_DATABASES = ["check_dbi", "check_mysql", "check_mysql_query", "check_pgsql"];
const WEB = ["check_curl", "check_ldap", "check_ldaps"];

/** Plugins that come with a package of Debian and lack something that their kind of pool does not need. docs/images.md names them. */
export const CANNOT_START: Readonly<Record<Target, readonly string[]>> = {
  hostcheck: [...SNMP_OF_PERL, ...CLIENTS_OF_DATABASES],
  "check-ssh": [],
  snmp: [...CLIENTS_OF_DATABASES, ...WEB, "check_radius"],
  db: [
    ...SNMP_OF_PERL,
    "check_radius",
    ...["check_backuppc", "check_bgpstate", "check_clamav", "check_cups", "check_dnssec_delegation"],
    ...["check_haproxy", "check_httpd_status", "check_imap_quota_epn", "check_ipmi_sensor", "check_libvirt"],
    ...["check_lm_sensors", "check_printer_health", "check_rbl", "check_snmp_environment", "check_snmp_time"],
    ...["check_soas", "check_v46", "check_webinject", "check_whois", "check_zone_auth"],
    "check_zone_rrsig_expiration",
  ],
  windows: [],
};

/** Debian's plugins that do not end, whatever they are asked, in the images for one processor. docs/images.md names them. */
export const DOES_NOT_END: Readonly<Record<string, Partial<Record<Target, readonly string[]>>>> = {
  arm64: { db: ["check_memcached"] },
};

/** Says how many processes nobody has taken in. */
export const COUNT_ZOMBIES = "grep -lE '^State:\\sZ' /proc/[0-9]*/status 2>/dev/null | wc -l";

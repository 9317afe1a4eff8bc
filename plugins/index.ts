import type { Check } from "../sdk/check.ts";
import { checkDummy } from "./core/check_dummy.ts";
import { negate } from "./core/negate.ts";
import { checkDns } from "./dns/check_dns.ts";
import { checkCurl } from "./http/check_curl.ts";
import { checkHttp } from "./http/check_http.ts";
import { checkFping } from "./icmp/check_fping.ts";
import { checkHost } from "./icmp/check_host.ts";
import { checkIcmp } from "./icmp/check_icmp.ts";
import { checkPing } from "./icmp/check_ping.ts";
import { checkDisk } from "./local/check_disk.ts";
import { checkLoad } from "./local/check_load.ts";
import { checkProcs } from "./local/check_procs.ts";
import { checkSwap } from "./local/check_swap.ts";
import { checkUsers } from "./local/check_users.ts";
import { checkMssql } from "./mssql/check_mssql.ts";
import { checkMssqlHealth } from "./mssql/check_mssql_health.ts";
import { checkMysql } from "./mysql/check_mysql.ts";
import { checkMysqlQuery } from "./mysql/check_mysql_query.ts";
import { checkNrpe } from "./nrpe/check_nrpe.ts";
import { checkNscWeb } from "./nsclient/check_nsc_web.ts";
import { checkNt } from "./nsclient/check_nt.ts";
import { checkPgsql } from "./pgsql/check_pgsql.ts";
import { checkPrometheus } from "./prometheus/check_prometheus.ts";
import { checkSmtp } from "./smtp/check_smtp.ts";
import { checkSnmp } from "./snmp/check_snmp.ts";
import { checkBySsh } from "./ssh/check_by_ssh.ts";
import { checkSsh } from "./ssh/check_ssh.ts";
import {
  checkClamd,
  checkFtp,
  checkImap,
  checkJabber,
  checkNntp,
  checkNntps,
  checkPop,
  checkSimap,
  checkSpop,
  checkSsmtp,
  checkTcp,
  checkUdp,
} from "./tcp/check_tcp.ts";

/** Every check of ours, in alphabetical order of its name. */
export const BUILTIN_CHECKS: readonly Check[] = [
  checkBySsh,
  checkClamd,
  checkCurl,
  checkDisk,
  checkDns,
  checkDummy,
  checkFping,
  checkFtp,
  checkHost,
  checkHttp,
  checkIcmp,
  checkImap,
  checkJabber,
  checkLoad,
  checkMssql,
  checkMssqlHealth,
  checkMysql,
  checkMysqlQuery,
  checkNntp,
  checkNntps,
  checkNrpe,
  checkNscWeb,
  checkNt,
  checkPgsql,
  checkPing,
  checkPop,
  checkProcs,
  checkPrometheus,
  checkSimap,
  checkSmtp,
  checkSnmp,
  checkSpop,
  checkSsh,
  checkSsmtp,
  checkSwap,
  checkTcp,
  checkUdp,
  checkUsers,
  negate,
];

/** The module with the sessions for a site's own checks. It has the extension of this file. */
export const SESSIONS_URL: string = new URL(
  import.meta.url.endsWith(".ts") ? "./sessions.ts" : "./sessions.js",
  import.meta.url,
).href;

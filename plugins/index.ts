import type { Check } from "../sdk/check.ts";
import { checkDummy } from "./core/check_dummy.ts";
import { negate } from "./core/negate.ts";
import { checkHttp } from "./http/check_http.ts";
import { checkFping } from "./icmp/check_fping.ts";
import { checkHost } from "./icmp/check_host.ts";
import { checkIcmp } from "./icmp/check_icmp.ts";
import { checkPing } from "./icmp/check_ping.ts";
import { checkNrpe } from "./nrpe/check_nrpe.ts";
import { checkNt } from "./nsclient/check_nt.ts";
import { checkPgsql } from "./pgsql/check_pgsql.ts";
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
  checkDummy,
  checkFping,
  checkFtp,
  checkHost,
  checkHttp,
  checkIcmp,
  checkImap,
  checkJabber,
  checkNntp,
  checkNntps,
  checkNrpe,
  checkNt,
  checkPgsql,
  checkPing,
  checkPop,
  checkSimap,
  checkSnmp,
  checkSpop,
  checkSsh,
  checkSsmtp,
  checkTcp,
  checkUdp,
  negate,
];

/** The module with the sessions for a site's own checks. It has the extension of this file. */
export const SESSIONS_URL: string = import.meta.resolve(
  import.meta.url.endsWith(".ts") ? "./sessions.ts" : "./sessions.js",
);

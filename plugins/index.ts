import { checkDummy } from "./core/check_dummy.ts";
import { negate } from "./core/negate.ts";
import { checkFping } from "./net/check_fping.ts";
import { checkHost } from "./net/check_host.ts";
import { checkHttp } from "./net/check_http.ts";
import { checkIcmp } from "./net/check_icmp.ts";
import { checkPing } from "./net/check_ping.ts";
import { checkSsh } from "./net/check_ssh.ts";
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
} from "./net/check_tcp.ts";
import type { Check } from "./sdk/check.ts";
import { checkSnmp } from "./snmp/check_snmp.ts";
import { checkBySsh } from "./ssh/check_by_ssh.ts";

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

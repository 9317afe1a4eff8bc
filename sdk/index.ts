/**
 * `omd-worker/sdk`: all that the author of a check imports. Each name is a promise to the sites that have
 * written checks, so `test/sdk/contract.test.ts` lists them. Other files of this folder may export more, for
 * the worker and its checks.
 */
export type {
  Check,
  CheckContext,
  CheckOutput,
  Shared,
  SharedContext,
} from "./check.ts";
export type { RunContext } from "./context/run-context.ts";
export type { Snmp, SnmpAgent, SnmpObject, SnmpUser } from "./context/snmp.ts";
export type { Ssh, SshOutcome, SshServer } from "./context/ssh.ts";
export { withinSeconds } from "./deadline.ts";
export { type CheckDefinition, defineCheck } from "./define-check.ts";
export { CheckDeclined, CheckFailure } from "./failure.ts";
export type { Http, HttpLogin, HttpOptions, HttpResponse, HttpTls } from "./http/http.ts";
export { type Address, type Family, ResolveError } from "./names/address.ts";
export { type Option, type OptionsOf, option } from "./option.ts";
export {
  count,
  type DefaultThresholds,
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  oneOf,
  port,
  range,
  seconds,
  text,
  thresholds,
  words,
} from "./option-kinds.ts";
export { type Answer, answer } from "./output.ts";
export { fperfdata, type PerfdataLimits, perfdata } from "./perfdata.ts";
export { checkRange, getStatus, type Range, readRange, type Thresholds } from "./range.ts";
export { type Report, report, type ValueOptions } from "./report/report.ts";
export type { Unit } from "./report/units.ts";
export { RESOLVER, type Resolver } from "./resolve.ts";
export { CRITICAL, maxState, OK, STATE_NAMES, type State, UNKNOWN, WARNING } from "./state.ts";
export { NOT_YET } from "./values/not-yet.ts";
export type { RateOptions, Values } from "./values/values.ts";

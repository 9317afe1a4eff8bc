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
export { withinSeconds } from "./deadline.ts";
export { type CheckDefinition, defineCheck } from "./define-check.ts";
export { CheckDeclined, CheckFailure } from "./failure.ts";
export { type Address, type Family, ResolveError } from "./names/address.ts";
export { type Option, type OptionsOf, option } from "./option.ts";
export {
  count,
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
  words,
} from "./option-kinds.ts";
export { type Answer, answer } from "./output.ts";
export { fperfdata, type PerfdataLimits, perfdata } from "./perfdata.ts";
export { checkRange, getStatus, type Range, readRange, type Thresholds } from "./range.ts";
export { RESOLVER, type Resolver } from "./resolve.ts";
export { CRITICAL, maxState, OK, STATE_NAMES, type State, UNKNOWN, WARNING } from "./state.ts";

/** `omd-worker/sdk`: everything a check is written against. */
export {
  type ArgvReader,
  type ArgvRules,
  createArgvReader,
  type GivenOption,
  type OptionSpelling,
  type ReadArgv,
} from "./argv.ts";
export type {
  Check,
  CheckContext,
  CheckOutput,
  CheckSettings,
  Command,
  CommandOutcome,
  Replaces,
  Shared,
  SharedContext,
  UnderstoodCommand,
} from "./check.ts";
export { type TimeLimit, whenAborted, withinSeconds } from "./deadline.ts";
export { type CheckDefinition, defineCheck, type ReadingCheckDefinition } from "./define-check.ts";
export { createEreSearch, type EreSearch } from "./ere-search.ts";
export type { Encoding, EreRules } from "./ere-syntax.ts";
export { errnoName, errnoText } from "./errno.ts";
export { CheckDeclined, CheckFailure } from "./failure.ts";
export { renderHelp } from "./help.ts";
export {
  atof,
  atoi,
  isInteger,
  isIntNeg,
  isIntNonNeg,
  isIntPercent,
  isIntPos,
  isNegative,
  isNonNegative,
  isNumeric,
  isPercentage,
  isPositive,
  type ReadNumber,
  strtod,
  strtol,
  strtoul,
} from "./number.ts";
export {
  type Option,
  type OptionRow,
  type OptionsOf,
  type OptionTable,
  option,
  type Settings,
} from "./option.ts";
export {
  count,
  flag,
  integer,
  leftToPlugin,
  list,
  type NumberSettings,
  number,
  oneOf,
  port,
  range,
  seconds,
  text,
  words,
} from "./option-kinds.ts";
export { type Answer, answer } from "./output.ts";
export { Pace } from "./pace.ts";
export { fperfdata, type PerfdataLimits, perfdata, sperfdata, sperfdataInt } from "./perfdata.ts";
export { type PrintfArgument, sprintf } from "./printf.ts";
export { checkRange, getStatus, type Range, readRange, type Thresholds } from "./range.ts";
export { createOptionsReader, type GivenText, type OptionsReader, type ReadOptions } from "./read-options.ts";
export {
  type Address,
  type Family,
  type Lookup,
  RESOLVER,
  ResolveError,
  type ResolveOptions,
  Resolver,
} from "./resolve.ts";
export { SharedValues } from "./shared.ts";
export {
  CRITICAL,
  isState,
  maxState,
  maxStateAlt,
  OK,
  readState,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
} from "./state.ts";

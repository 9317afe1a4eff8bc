/** `omd-worker/sdk`: everything a check is written against. */
export { type OptionSpelling, type ReadArgv, readArgv } from "./argv.ts";
export type {
  Check,
  CheckContext,
  CheckOutput,
  Command,
  CommandOutcome,
  Replaces,
  UnderstoodCommand,
} from "./check.ts";
export { type CheckDefinition, defineCheck } from "./define-check.ts";
export { CheckFailure } from "./failure.ts";
export { CRITICAL, isState, OK, STATE_NAMES, type State, UNKNOWN, WARNING } from "./state.ts";

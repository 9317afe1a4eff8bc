import { checkDummy } from "./core/check_dummy.ts";
import { negate } from "./core/negate.ts";
import type { Check } from "./sdk/check.ts";

/** Every check of ours, in alphabetical order of its name. */
export const BUILTIN_CHECKS: readonly Check[] = [checkDummy, negate];

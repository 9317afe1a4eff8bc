import type { Config } from "../config/config.ts";
import type { NativeChecks } from "./switches.ts";

/** Which native checks may answer. */
export function nativeChecks(
  config: Config,
  env: Readonly<Record<string, string | undefined>> = process.env,
): NativeChecks {
  return {
    mode: config.nativeChecks,
    speaksEnglish: speaksEnglish(env),
    only: config.nativeChecksOnly,
    except: config.nativeChecksExcept,
    internalCheckDummy: config.internalCheckDummy,
    internalNegate: config.internalNegate,
  };
}

/** As native checks do, and plugins in these locales. */
function speaksEnglish({ LC_ALL, LC_MESSAGES, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  const locale = LC_ALL || LC_MESSAGES || LANG || "C";
  return /^(?:C|POSIX|en)(?:[_.@]|$)/.test(locale);
}

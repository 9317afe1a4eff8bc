import {
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  defineCheck,
  flag,
  getStatus,
  type Range,
  readRange,
  STATE_NAMES,
  text,
  words,
} from "../../sdk/index.ts";
import { sperfdataInt } from "../../sdk/perfdata.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { MACHINE_FILES, type MachineFiles } from "./machine-files.ts";

const OPTIONS = {
  warning: text("-w, --warning=RANGE", "numbers of users that are a warning"),
  critical: text("-c, --critical=RANGE", "numbers of users that are critical"),
  ignored: flag("-v", "not used"),
  words: words("RANGE", "the thresholds that no option names"),
};

const readOptions = createOptionsReader(OPTIONS, { words: "last" });

export const checkUsers = defineCheck({
  name: "check_users",
  summary: "how many users are logged in to the machine that the worker runs on",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,

  /** The plugin fails with a signal if one of the two thresholds is missing. */
  read: readThresholds,
  run,
});

interface UsersRequest {
  readonly warning: Range;
  readonly critical: Range;
}

function readThresholds(argv: readonly string[]): UsersRequest | undefined {
  const options = readOptions(argv)?.options;
  if (options === undefined) return undefined;
  const rest = options.words.values();
  const warning = readThreshold(options.warning ?? rest.next().value);
  const critical = readThreshold(options.critical ?? rest.next().value);
  return warning && critical && { warning, critical };
}

function run({ warning, critical }: UsersRequest, { shared }: CheckContext): CheckOutput {
  const files = shared(MACHINE_FILES);
  if (files.has("/var/run/utmpx")) throw new CheckDeclined("there is a file utmpx");
  const users = files.has(UTMP) ? countUsers(readUtmp(files)) : 0;
  const state = getStatus(users, { warning, critical });
  const limits = { warning: warning.text, critical: critical.text, min: 0 };
  const perfdata = sperfdataInt("users", users, "", limits);
  return {
    returnCode: state,
    output: `USERS ${STATE_NAMES[state]} - ${users} users currently logged in |${perfdata}\n`,
  };
}

const UTMP = "/var/run/utmp";

function readUtmp(files: MachineFiles): Buffer {
  if (process.arch !== "x64") throw new CheckDeclined("the form of utmp is not known here");
  for (const path of [UTMP, "/run/utmp"]) files.requirePlace(path, "memory or disk");
  return Buffer.from(files.read(UTMP, "memory or disk"), "latin1");
}

/** The size of glibc's `struct utmp`, which begins with the type, a short number. */
const RECORD = 384;
const USER_PROCESS = 7;

function countUsers(utmp: Buffer): number {
  const starts = Array.from({ length: Math.floor(utmp.length / RECORD) }, (_, at) => at * RECORD);
  return starts.filter((start) => utmp.readInt16LE(start) === USER_PROCESS).length;
}

function readThreshold(given: string | undefined): Range | undefined {
  const range = given === undefined ? undefined : readRange(given);
  return range !== undefined && range.end >= 0 ? range : undefined;
}

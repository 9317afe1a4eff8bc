import type { ByteString } from "../../byte-string.ts";
import { readShellWords } from "../../run/secrets.ts";

/** What the words of an event handler say about why it is run. */
export interface NamedObject {
  readonly host?: ByteString | undefined;
  readonly service?: ByteString | undefined;
  readonly state?: ByteString | undefined;
  readonly stateType?: ByteString | undefined;
  readonly attempt?: number | undefined;
}

type Field = keyof NamedObject;

/** Options, and the core's macros as variables in front of the command. */
const NAMES: ReadonlyMap<string, Field> = new Map(
  Object.entries({
    "-H": "host",
    "--host": "host",
    "--hostname": "host",
    HOSTNAME: "host",
    "--service": "service",
    "--servicedesc": "service",
    SERVICEDESC: "service",
    "--state": "state",
    HOSTSTATE: "state",
    SERVICESTATE: "state",
    "--state-type": "stateType",
    "--statetype": "stateType",
    HOSTSTATETYPE: "stateType",
    SERVICESTATETYPE: "stateType",
    "--attempt": "attempt",
    HOSTATTEMPT: "attempt",
    SERVICEATTEMPT: "attempt",
  } as const),
);
const STATES = /^(?:OK|WARNING|CRITICAL|UNKNOWN|UP|DOWN|UNREACHABLE)$/;
const STATE_TYPES = /^(?:SOFT|HARD)$/;
const ATTEMPT = /^\d{1,4}$/;
const MAX_NAME = 255;

/**
 * The core does not say for which host or service it runs an event handler, so only the command line can:
 * by options as `--host=web1`, by variables as `NAGIOS_HOSTNAME=web1`, and by the usual words
 * `CRITICAL HARD 3`.
 */
export function findNamedObject(commandLine: ByteString): NamedObject {
  const words = readShellWords(commandLine);
  const found = new Map<Field, ByteString>();
  const note = (field: Field | undefined, value: ByteString | undefined) => {
    if (field === undefined || value === undefined || value === "" || found.has(field)) return;
    found.set(field, value.slice(0, MAX_NAME));
  };
  for (const [at, word] of words.entries()) {
    const [, name = word, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const field = NAMES.get(name.replace(/^(?:NAGIOS|ICINGA)_/, ""));
    if (field !== undefined) note(field, value ?? (word.startsWith("-") ? words[at + 1] : undefined));
    else if (STATES.test(word)) note("state", word);
    else if (STATE_TYPES.test(word)) {
      note("stateType", word);
      note(
        "attempt",
        [words[at + 1]].find((next) => ATTEMPT.test(next ?? "")),
      );
    }
  }
  const attempt = found.get("attempt") ?? "";
  return {
    ...Object.fromEntries(found),
    attempt: ATTEMPT.test(attempt) ? Number(attempt) : undefined,
  };
}

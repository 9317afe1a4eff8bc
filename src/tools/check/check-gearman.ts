import { toByteString } from "../../byte-string.ts";
import { thisMachine } from "../../config/machine.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { Secret } from "../../config/secret.ts";
import { findKey } from "../../config/worker/key.ts";
import {
  readServerAddress,
  renderServerAddress,
  type ServerAddress,
  type WrittenAddress,
} from "../../gearman/server-address.ts";
import { createEnvelope } from "../../payload/crypt.ts";
import { keyFromPassword } from "../../payload/key.ts";
import { CallError } from "../call-error.ts";
import { type LetterValues, toInteger } from "../letters.ts";
import { secureServers } from "../tls-letters.ts";
import type { ToolIo } from "../tool-io.ts";
import { askWorker } from "./ask-worker.ts";
import { checkServer } from "./check-server.ts";
import type { Verdict } from "./judge-queues.ts";
import { thresholdsOf } from "./options.ts";
import { roundTrip } from "./round-trip.ts";

const STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];

/** `-t 0`: 23 days, nearly as long as a timer can wait. */
const NEVER_MS = 2_000_000_000;

/** Resolves to the exit code. Throws a CallError, or a ConfigError about the key or the files of TLS. */
export async function checkGearman(values: LetterValues, io: ToolIo): Promise<number> {
  const servers = secureServers(values, (values.get("H") ?? []).map(readAddress));
  const last = servers.at(-1);
  if (last === undefined) throw new CallError("Error - no hostname given");
  const timeoutMs = toInteger(values.get("t")?.at(-1) ?? "10") * 1000 || NEVER_MS;
  const answer = await Promise.race([ask(values, { servers, last, timeoutMs }), late(timeoutMs)]);
  if (answer === undefined) {
    io.stdout(`timeout while waiting for ${renderServerAddress(last)}\n`);
    return 2;
  }
  const { state, text, isWhole } = answer;
  const line = isWhole ? text : `check_gearman ${STATES[state] ?? "UNKNOWN"} - ${text}`;
  io.stdout(Buffer.from(`${line}\n`, "latin1"));
  return state;
}

interface Call {
  readonly servers: readonly ServerAddress[];
  readonly last: ServerAddress;
  readonly timeoutMs: number;
}

type Answered = Verdict & { readonly isWhole?: boolean };

async function ask(values: LetterValues, { servers, last, timeoutMs }: Call): Promise<Answered> {
  const one = (name: string) => {
    const text = values.get(name)?.at(-1);
    return text === undefined ? undefined : toByteString(text);
  };
  const [queue, text] = [one("q"), one("s")];
  // Something is left to tell what happened, as in the C tool.
  const innerMs = Math.max(100, timeoutMs - 1000);
  if (text !== undefined) {
    if (queue === undefined) throw new CallError("Error - need queue (-q) when sending job");
    const question = {
      queue,
      text,
      unique: one("u") ?? "check",
      expected: one("e"),
      isAsync: values.has("a"),
    };
    return askWorker({ ...question, servers, timeoutMs: innerMs / servers.length });
  }
  if (values.has("key") || values.has("keyfile")) {
    if (queue === undefined) throw new CallError("Error - need queue (-q) of checks to try the key");
    const envelope = createEnvelope({ encryption: true, key: keyFromPassword(readKey(values).reveal()) });
    return roundTrip({ server: last, queue, envelope, timeoutMs: innerMs });
  }
  const excluded = (values.get("exclude-queue") ?? []).map(toByteString);
  return checkServer({
    server: last,
    timeoutMs: timeoutMs + 1000,
    queue,
    excluded,
    thresholds: thresholdsOf(values),
  });
}

/** Resolves with nothing at the time-out, and does not keep the process. */
function late(timeoutMs: number): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(() => resolve(undefined), timeoutMs).unref();
  return promise;
}

function readAddress(text: string): WrittenAddress {
  const server = readServerAddress(text);
  if (server === undefined) throw new CallError("Error - -H needs host, host:port or [IPv6]:port");
  return server;
}

function readKey(values: LetterValues): Secret {
  const given = values.get("key")?.at(-1);
  const key = given === undefined ? undefined : new Secret(Buffer.from(given));
  const keyfile = values.get("keyfile")?.at(-1);
  const problems: ReturnType<typeof error>[] = [];
  const found = findKey({ encryption: true, key, keyfile, isUnclear: false }, thisMachine(), (remark) =>
    problems.push(remark),
  );
  if (found === undefined) throw new ConfigError(problems.length > 0 ? problems : [error("there is no key")]);
  return found;
}

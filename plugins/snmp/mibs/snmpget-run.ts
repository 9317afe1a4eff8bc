import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Oid } from "../session/oid.ts";
import type { Varbind } from "../snmpget/value-text.ts";
import { readQuestion } from "./ber.ts";

/** The program that Debian's plugin starts. */
export const SNMPGET = "/usr/bin/snmpget";
/** Bytes of output. More than that is an error. */
const MAX_OUTPUT = 16 * 1024 * 1024;
const MAX_MS = 15_000;

export interface SnmpgetRun {
  readonly miblist: string;
  /** The objects, as they stand on the command line. */
  readonly names: readonly string[];
  /** What the agent answers, a value for each object. An absent one does not exist. */
  readonly values?: readonly Pick<Varbind, "type" | "value">[];
  /** Words before the others. */
  readonly options?: readonly string[];
}

export interface SnmpgetSaid {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What snmpget has asked its agent for. Undefined where it has asked for nothing. */
  readonly oids: readonly Oid[] | undefined;
}

/** Runs snmpget as the plugin does, but for an agent that this function plays, on a port of its own. */
export async function runSnmpget({
  miblist,
  names,
  values = [],
  options = [],
}: SnmpgetRun): Promise<SnmpgetSaid> {
  const socket = createSocket("udp4");
  let oids: readonly Oid[] | undefined;
  socket.on("message", (message, { port, address }) => {
    try {
      const question = readQuestion(message);
      oids = question.oids;
      socket.send(question.answer(values), port, address);
    } catch {
      // snmpget gets no answer and fails, so nothing is learned.
    }
  });
  try {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const target = `127.0.0.1:${socket.address().port}`;
    const words = [...options, "-Le", "-t", "3", "-r", "0", "-m", miblist, "-v", "2c", "-c", "x", target];
    return { ...(await execute([...words, ...names])), oids };
  } finally {
    socket.close();
  }
}

function execute(words: readonly string[]): Promise<Omit<SnmpgetSaid, "oids">> {
  const options = {
    encoding: "latin1",
    env: { ...process.env, LC_ALL: "C" },
    maxBuffer: MAX_OUTPUT,
    timeout: MAX_MS,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(SNMPGET, words, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else reject(error);
    });
    child.stdin?.end();
  });
}

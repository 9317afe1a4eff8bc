import { once } from "node:events";
import { connect } from "node:net";
import { TLSSocket } from "node:tls";
import { expect } from "vitest";
import type { Check } from "../../sdk/index.ts";
import { runCheck, splitWords } from "../../sdk/testing.ts";
import type { Serve } from "../support/servers/fake-servers.ts";
import { execute, findPlugin } from "./core/real-plugins.ts";
import { normalise } from "./oracle.ts";

/**
 * Two command lines that differ in one option only, so that a check that follows it must do two things. Words
 * like `PORT` stand for places of the test.
 */
export type Effect = readonly [without: string, given: string];

/** By the spellings of an option, as the table has them. */
export type Effects = Readonly<Record<string, Effect>>;

/** The spellings of all options of a check that are not left to the plugin. */
export function listFollowed({ rows = [] }: Check): readonly string[] {
  return rows.filter(({ note }) => note !== LEFT).map(({ text }) => text);
}

/** The spellings of all options that are left to the plugin. */
export function listLeft({ rows = [] }: Check): readonly string[] {
  return rows.filter(({ note }) => note === LEFT).map(({ text }) => text);
}

const LEFT = "the plugin is executed";

/** What a run came to: what the core is told, and what the servers have seen. */
export type Seen = readonly (number | string)[];

/** Notes what clients do with some servers. One run at a time. */
export class Witness {
  readonly #ports: number[] = [];
  readonly #notes: string[] = [];
  #open = 0;

  /** Serves, and notes what the client sends, and over which TLS. Silent clients leave no note. */
  watch(serve: Serve): Serve {
    return (socket) => {
      this.#open += 1;
      let heard = "";
      const said = socket instanceof TLSSocket ? describe(socket) : "plain";
      socket.on("data", (data: Buffer) => {
        heard += data.toString("latin1");
      });
      socket.once("close", () => {
        this.#open -= 1;
        if (heard !== "" && heard !== MARK) this.#notes.push(`${said}: ${heard}`);
      });
      serve(socket);
    };
  }

  /** Adds a plain server that is watched. */
  add(port: number): number {
    this.#ports.push(port);
    return port;
  }

  /** Gives what was noted, when all connections that were made before are closed. */
  async take(): Promise<readonly string[]> {
    for (const port of this.#ports) {
      const socket = connect(port, "127.0.0.1")
        .resume()
        .on("error", () => {});
      socket.end(MARK);
      await once(socket, "close");
    }
    while (this.#open > 0) await new Promise(setImmediate);
    return this.#notes.splice(0);
  }
}

/** What a connection sends that only waits until those before it are accepted. */
const MARK = "mark";

function describe(socket: TLSSocket): string {
  const { subject } = socket.getPeerCertificate();
  return `TLS for ${socket.servername || "no name"} of ${subject?.CN ?? "no one"}`;
}

export type Places = Readonly<Record<string, string | number>>;

function wordsOf(line: string, places: Places): readonly string[] {
  return splitWords(line.replace(/\b[A-Z]{3,}\b/g, (name) => String(places[name] ?? name)));
}

/** Where a line is run. */
export interface RunPlace {
  readonly places: Places;
  readonly witness: Witness;
}

async function runNatively(check: Check, line: string, { places, witness }: RunPlace): Promise<Seen> {
  const { returnCode, output } = await runCheck(check, wordsOf(line, places));
  return [returnCode, normalise(output), ...(await witness.take())];
}

async function runPlugin(check: Check, line: string, { places, witness }: RunPlace): Promise<Seen> {
  const plugin = findPlugin(check.name) ?? "";
  const outcome = await execute({ words: [plugin, ...wordsOf(line, places)], environment: [] });
  if (outcome.kind !== "exited") throw new Error(outcome.kind);
  return [outcome.returnCode, normalise(outcome.stdout), ...(await witness.take())];
}

export function isUnderstood(check: Check, line: string): boolean {
  return check.understand(splitWords(line)) !== undefined;
}

/** The check and the plugin do the same. */
export async function expectEqual(check: Check, line: string, where: RunPlace): Promise<Seen> {
  const native = await runNatively(check, line, where);
  expect(native).toEqual(await runPlugin(check, line, where));
  return native;
}

/** The option changes what the check does, to what the plugin does. */
export async function expectEffect(check: Check, [without, given]: Effect, where: RunPlace): Promise<void> {
  const usual = await expectEqual(check, without, where);
  expect(await expectEqual(check, given, where)).not.toEqual(usual);
}

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderOutput, resultsOf, stateOf } from "./render.mjs";
import { readSettings } from "./settings.mjs";

/** A job server that cannot be reached must not hold the test for ever. */
const TIMEOUT_MS = 60_000;

/**
 * Sakuli's interface of a forwarder. The results go through `omd-worker send`, so everything about gearmand (several
 * servers, encryption, TLS, dupservers) is configured as for the worker. Sakuli itself says little of an error in a
 * forwarder, so it is logged here.
 */
export class Forwarder {
  #settings;
  #logger = console;

  async setup(project, logger) {
    this.#logger = logger ?? console;
    this.#settings = readSettings(project);
  }

  async forward(context) {
    const settings = this.#settings;
    if (!settings?.isEnabled) return;
    for (const suite of context.testSuites.map((one) => withError(one, context.error))) {
      for (const { service, entity } of resultsOf(suite, settings)) await this.#send(service, entity);
    }
  }

  async tearDown() {}

  async #send(service, entity) {
    const { host, words, program, key, checkCommand } = this.#settings;
    const times = [
      ["--starttime", entity.startDate],
      ["--finishtime", entity.endDate],
    ].flatMap(([name, date]) => (date ? [`${name}=${(date.getTime() / 1_000).toFixed(3)}`] : []));
    const result = [`--host=${host}`, `--service=${service}`, `--returncode=${stateOf(entity)}`, ...times];
    try {
      await run(program, ["send", ...words, ...result], { key, input: renderOutput(entity, checkCommand) });
      this.#logger.info?.(`omd-worker: the result of ${service} on ${host} is sent`);
    } catch (error) {
      this.#logger.error?.(`omd-worker: the result of ${service} on ${host} is lost: ${error.message}`);
      throw error;
    }
  }
}

/** What nobody has caught is an error of the suite, too. */
function withError(suite, error) {
  return error && !suite.error ? Object.create(suite, { error: { value: error } }) : suite;
}

/** The key goes through a file of this user alone: everybody can read the words of a process. */
async function run(program, words, { key, input }) {
  if (key === undefined) return call(program, words, input);
  const folder = await mkdtemp(join(tmpdir(), "omd-worker-sakuli-"));
  try {
    await writeFile(join(folder, "key"), key, { mode: 0o600 });
    await call(program, [...words, `--keyfile=${join(folder, "key")}`], input);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function call(program, words, input) {
  const child = spawn(program, words, { timeout: TIMEOUT_MS, stdio: ["pipe", "pipe", "pipe"] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(chunk));
  child.stdin.on("error", () => {}); // its exit code says more
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (exit, signal) => resolve(exit ?? signal));
  });
  if (code !== 0)
    throw new Error(`${program} send ended with ${code}: ${Buffer.concat(said).toString().trim()}`);
}

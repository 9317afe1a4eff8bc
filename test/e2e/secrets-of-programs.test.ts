import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { freePort } from "../support/free-port.ts";
import { Actors } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { serviceRecord } from "../support/perfdata/records.ts";
import { BotChat } from "../support/processes/bot-chat.ts";
import { hasServer } from "../support/servers/installed.ts";
import { PlantedSecrets } from "./planted-secrets.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const PATIENCE = { timeout: 30_000, interval: 50 };
/** A worker's log of event handlers masks secrets; this one was written by something else. */
const HANDLER_RUN = {
  time: "2026-11-26T10:00:00.000Z",
  handler: "restart",
  command: "/x/restart --password ***",
  result: "failed",
  returnCode: 2,
  output: "no",
};

/** A server that refuses everything, and repeats all that it was sent, as a proxy for debugging does. */
async function startEcho(status: number) {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const sent = `${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString("latin1")}`;
    const body = JSON.stringify({ result: "error", code: "ODD", msg: sent, message: sent, error: sent });
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A program with metrics and reports of crashes, and all that it leaves behind. */
class ProgramUnderWatch implements AsyncDisposable {
  readonly #folder: string;
  readonly #reports: string;
  readonly #port: number;
  readonly #child;

  private constructor(folder: string, reports: string, port: number, words: readonly string[]) {
    this.#folder = folder;
    this.#reports = reports;
    this.#port = port;
    const flags = ["--report-on-signal", "--report-signal=SIGUSR2", `--report-directory=${reports}`];
    this.#child = execa(process.execPath, [...flags, PROGRAM, ...words], {
      reject: false,
      stdin: "ignore",
    });
  }

  static async start(folder: string, command: string, words: readonly string[]) {
    const reports = join(folder, `reports of ${command}`);
    mkdirSync(reports);
    const port = await freePort();
    const own = ["--debug=2", `--prometheus_server=127.0.0.1:${port}`, `--logfile=${folder}/${command}.log`];
    return new ProgramUnderWatch(folder, reports, port, [command, ...words, ...own]);
  }

  async logged(command: string, text: RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.log(command)).toMatch(text), PATIENCE);
  }

  log(command: string): string {
    try {
      return readFileSync(join(this.#folder, `${command}.log`), "utf8");
    } catch {
      return "";
    }
  }

  /** Everything it shows. It has ended then. */
  async look(command: string): Promise<Readonly<Record<string, string>>> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const cmdline = readFileSync(`/proc/${this.#child.pid}/cmdline`, "latin1");
    this.#child.kill("SIGUSR2");
    const report = await vi.waitFor(() => {
      const [name = ""] = readdirSync(this.#reports);
      const text = readFileSync(join(this.#reports, name), "utf8");
      JSON.parse(text);
      return text;
    }, PATIENCE);
    this.#child.kill("SIGTERM");
    const { stdout, stderr } = await this.#child;
    expect(report).not.toContain('"environmentVariables"');
    const shown = { log: this.log(command), metrics, cmdline, report, streams: `${stdout}\n${stderr}` };
    return Object.fromEntries(Object.entries(shown).map(([where, text]) => [`${command}: ${where}`, text]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child;
  }
}

/** The files of a folder and of those in it. */
function readFolder(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), "latin1"),
    ]),
  );
}

function expectNone(secrets: PlantedSecrets, seen: Readonly<Record<string, string>>): void {
  const found = Object.entries(seen).flatMap(([where, text]) =>
    secrets.foundIn(text).map((each) => `${where}: ${each}`),
  );
  expect(found).toEqual([]);
}

describe("no secret of the programs beside a worker is shown", () => {
  it("by Zulip's notifier and bot, at a Zulip and a monitoring that let them in", {
    timeout: 90_000,
  }, async () => {
    const secrets = new PlantedSecrets();
    await using chat = await BotChat.start();
    await using thruk = await startEcho(403);
    secrets.add("API key of Zulip", chat.bot.key);
    const key = chat.write("thruk.key", secrets.plant("key of Thruk"));
    chat.write("handlers.jsonl", "");
    const { folder } = chat;
    chat.configureNotifier(
      `handler_log=${folder}/handlers.jsonl`,
      "handler_stream=icinga",
      `broadcast_url=${thruk.url}/thruk`,
      `broadcast_key_file=${key}`,
    );
    await using notifier = await ProgramUnderWatch.start(folder, "zulip-notifier", [
      `--config=${folder}/zulip.conf`,
    ]);
    await notifier.logged("zulip-notifier", /let us in|403/);
    writeFileSync(join(folder, "handlers.jsonl"), `${JSON.stringify(HANDLER_RUN)}\n`);
    chat.configure(`thruk ${thruk.url}/thruk key_file=${key}`);
    await using bot = await ProgramUnderWatch.start(folder, "zulip-bot", [
      `--config=${folder}/zulip-bot.conf`,
    ]);
    await bot.logged("zulip-bot", /listens to/);
    await chat.post("@**Icinga API-Bot** ack###web1###http###");
    const [answer = ""] = await chat.answered(1);
    const shown = { ...(await notifier.look("zulip-notifier")), ...(await bot.look("zulip-bot")) };
    const messages = chat.fake.world.messages.map(({ content }) => content).join("\n");
    const kept = { ...readFolder(join(folder, "spool")), ...readFolder(join(folder, "state")) };
    expectNone(secrets, { ...shown, ...kept, messages, answer });
    expect(Object.keys(kept).length).toBeGreaterThan(0);
  });

  it("by Zulip's notifier and bot, at a Zulip that refuses and repeats what it was sent", {
    timeout: 90_000,
  }, async () => {
    const secrets = new PlantedSecrets();
    await using chat = await BotChat.start();
    await using odd = await startEcho(400);
    const { folder } = chat;
    chat.write("key", secrets.plantKey("API key of Zulip"));
    const login = [`site=${odd.url}`, "email=bot@rig.local", `api_key_file=${folder}/key`];
    chat.write("zulip.conf", [...login, "stream=icinga", `spool=${folder}/spool`].join("\n"));
    const pipe = [`monitoring=pipe ${folder}/core.cmd`, `state_folder=${folder}/state`];
    chat.write("zulip-bot.conf", [...login, ...pipe, "permission=allow stream=icinga"].join("\n"));
    const words = ["notify", "zulip", `--config=${folder}/zulip.conf`, "NOTIFICATIONTYPE=PROBLEM"];
    const macros = ["HOSTNAME=web1", "SERVICEDESC=http", "SERVICESTATE=CRITICAL", "SERVICEOUTPUT=no"];
    const sent = await execa(process.execPath, [PROGRAM, ...words, ...macros], { reject: false });
    await using notifier = await ProgramUnderWatch.start(folder, "zulip-notifier", [
      `--config=${folder}/zulip.conf`,
    ]);
    await notifier.logged("zulip-notifier", /400|refuse/);
    await using bot = await ProgramUnderWatch.start(folder, "zulip-bot", [
      `--config=${folder}/zulip-bot.conf`,
    ]);
    await bot.logged("zulip-bot", /400|refuse/);
    const shown = { ...(await notifier.look("zulip-notifier")), ...(await bot.look("zulip-bot")) };
    const streams = { "notify: stdout": String(sent.stdout), "notify: stderr": String(sent.stderr) };
    expectNone(secrets, { ...shown, ...streams, ...readFolder(join(folder, "spool")) });
  });
});

describe.skipIf(!hasServer("gearmand"))("no secret of the perfdata writer is shown", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(async () => {
    await actors.stop();
    await gearmand.stop();
  });

  it.each([400, 401, 422, 500])(
    "at databases that answer %i and repeat what they were sent",
    {
      timeout: 90_000,
    },
    async (status) => {
      const secrets = new PlantedSecrets();
      await using chat = await BotChat.start();
      await using odd = await startEcho(status);
      const { folder } = chat;
      const key = secrets.plantKey("key of gearmand");
      const targets = [
        `one ${odd.url} database=a user=writer password_file=${chat.write("p", secrets.plant("password"))}`,
        `two ${odd.url} api=v2 org=o bucket=b token_file=${chat.write("t2", secrets.plant("token of v2"))}`,
        `three ${odd.url} api=v3 database=c token_file=${chat.write("t3", secrets.plant("token of v3"))}`,
      ];
      const options = [
        `server=127.0.0.1:${gearmand.port}`,
        `keyfile=${chat.write("key", key)}`,
        `spool=${folder}/spool`,
        "batch_age=50",
        ...targets.map((each) => `target=${each}`),
      ];
      const config = chat.write("perfdata.conf", options.join("\n"));
      await using writer = await ProgramUnderWatch.start(folder, "perfdata", [`--config=${config}`]);
      const client = await actors.client({ host: "127.0.0.1", port: gearmand.port });
      const { seal } = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(key)) });
      const text = serviceRecord({ host: "h", service: "s", time: 1_441_791_000, perfdata: "a=1" });
      await client.submit({ queue: "perfdata", unique: "", workload: seal(text) });
      await client.submit({ queue: "perfdata", unique: "", workload: Buffer.from("junk") });
      for (const name of ["one", "two", "three"])
        await writer.logged("perfdata", new RegExp(`${name}.*${status}|${status}.*${name}`));
      const shown = await writer.look("perfdata");
      const shows = await execa(
        process.execPath,
        [PROGRAM, "perfdata", `--config=${config}`, "--check-config"],
        {
          reject: false,
        },
      );
      expectNone(secrets, {
        ...shown,
        ...readFolder(join(folder, "spool")),
        "check-config": `${shows.stdout}\n${shows.stderr}`,
      });
    },
  );
});

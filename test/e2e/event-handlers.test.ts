import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import { readRun } from "../../src/handlers/handler-run.ts";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const PATIENCE = { timeout: 30_000, interval: 20 };
const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");

describe.skipIf(!hasServer("gearmand"))("event handlers of a worker", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("are allowed, limited, tried dry, logged, counted, and reported in Zulip", async () => {
    using folder = createFolder();
    const at = (name: string) => join(folder.path, name);
    const log = at("handlers.jsonl");
    const runs = () => {
      try {
        return readFileSync(log, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => readRun(line));
      } catch {
        return [];
      }
    };
    writeFileSync(at("restart"), `#!/bin/sh\necho "restarting $*"\nexit 2\n`, { mode: 0o755 });
    writeFileSync(
      at("worker.conf"),
      [
        ...["hosts=no", "services=yes", "eventhandler=yes", `eventhandler_log=${log}`],
        `eventhandler_allow=${at("restart")} --host=<host> --state=<word>`,
        "eventhandler_allow=/bin/echo <word>",
        ...["eventhandler_rate=restart:2/1h/each", "eventhandler_dry_run=echo"],
      ].join("\n"),
    );
    await using worker = await startWorker([gearmand.port], [`config=${at("worker.conf")}`, "max-worker=1"]);
    await using core = new Core({ port: gearmand.port });
    const handle = async (line: string) => {
      const before = runs().length;
      await core.submit("eventhandler", { type: "eventhandler", command_line: line });
      await vi.waitFor(() => expect(runs()).toHaveLength(before + 1), PATIENCE);
      return runs().at(-1);
    };
    const restart = `${at("restart")} --host=web1 --state=CRITICAL`;
    expect(await handle(restart)).toMatchObject({
      handler: "restart",
      host: "web1",
      state: "CRITICAL",
      result: "failed",
      returnCode: 2,
      output: "restarting --host=web1 --state=CRITICAL",
    });
    expect(await handle(`${restart}; reboot`)).toMatchObject({
      result: "refused",
      output: expect.stringContaining("eventhandler_allow"),
    });
    expect(await handle("/bin/true")).toMatchObject({ result: "refused" });
    expect(await handle(restart)).toMatchObject({ result: "failed" });
    expect(await handle(restart)).toMatchObject({
      result: "refused",
      output: expect.stringContaining("restart:2/1h/each"),
    });
    expect(await handle(restart.replace("web1", "web2"))).toMatchObject({ result: "failed" });
    expect(await handle("/bin/echo hello")).toMatchObject({ result: "dry-run", command: "/bin/echo hello" });
    // Checks are none of it.
    await core.submit("service", serviceJob("free", "/bin/echo free ; exit 0"));
    await core.collected(1);
    expect(core.results[0]?.fields.get("output")).toBe("free");
    expect(
      worker.linesWith("not run: eventhandler_dry_run names echo (command=/bin/echo hello)"),
    ).toHaveLength(1);

    const report = await runProgram("omd-worker", [
      "handlers",
      "report",
      `--config=${at("worker.conf")}`,
      "--json",
    ]);
    expect(JSON.parse(report.stdout).handlers).toMatchObject([
      { handler: "echo", results: { "dry-run": 1 } },
      { handler: "restart", results: { failed: 3, refused: 2 } },
      { handler: "true", results: { refused: 1 } },
    ]);

    await using fake = await ChatServer.start();
    const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
    fake.world.addStream("icinga", [bot.id]);
    fake.world.addStream("event-handlers", [bot.id]);
    await fake.stop();
    writeFileSync(at("key"), bot.key, { mode: 0o600 });
    writeFileSync(
      at("zulip.conf"),
      [
        ...[
          `site=${fake.url}`,
          "email=bot@rig.local",
          `api_key_file=${at("key")}`,
          "stream=icinga",
          "stage=dev",
        ],
        ...[`spool=${at("spool")}`, `handler_log=${log}`, "handler_stream=event-handlers"],
      ].join("\n"),
    );
    const notifier = execa(process.execPath, [PROGRAM, "zulip-notifier", `--config=${at("zulip.conf")}`], {
      reject: false,
    });
    // It follows the log from its start on, whether Zulip is there or not.
    await vi.waitFor(
      () => expect(JSON.parse(readFileSync(at("spool/handler-log.json"), "utf8")).offset).toBeGreaterThan(0),
      PATIENCE,
    );
    worker.signal("SIGHUP");
    await worker.logged("reload");
    for (const host of ["web3", "web4"]) await handle(restart.replace("web1", host));
    await fake.resume();
    const reports = () => fake.world.sentTo("event-handlers");
    await vi.waitFor(() => expect(reports()).toHaveLength(2), PATIENCE);
    expect(reports().map(({ topic, content }) => [topic, content.split("\n")[0]])).toEqual([
      ["restart", "**FAILED** - restart - web3"],
      ["restart", "**FAILED** - restart - web4"],
    ]);
    expect(reports()[0]?.content).toContain("\nStage: dev");
    notifier.kill("SIGTERM");
    expect((await notifier).exitCode).toBe(0);
  });
});

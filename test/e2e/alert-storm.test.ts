import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core } from "./core.ts";

const PATIENCE = { timeout: 80_000, interval: 20 };
const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");
const ALERTS = 500;
const SERVICES = 60;

const markOf = (at: number) => `alert ${at} of service ${at % SERVICES}`;
const MARK = /alert \d+ of service \d+/g;

describe.skipIf(!hasServer("gearmand"))("a storm of alerts", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it.each([
    { notifier: "that runs", isRunning: true },
    { notifier: "that is started afterwards", isRunning: false },
  ])(
    "goes from the core through gearmand, the worker and a notifier $notifier into Zulip: each once, each service's in their order",
    async ({ isRunning }) => {
      using folder = createFolder();
      await using fake = await ChatServer.start();
      const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
      fake.world.addStream("icinga", [bot.id]);
      const at = (name: string) => join(folder.path, name);
      symlinkSync(PROGRAM, at("omd-worker"));
      writeFileSync(at("key"), bot.key, { mode: 0o600 });
      writeFileSync(
        at("zulip.conf"),
        [
          ...[`site=${fake.url}`, "email=bot@rig.local", `api_key_file=${at("key")}`],
          ...["stream=icinga", `spool=${at("spool")}`],
        ].join("\n"),
      );
      const waiting = () => readdirSync(at("spool")).filter((name) => name.endsWith(".entry"));
      const notifications = Array.from({ length: ALERTS }, (_, index) => ({
        type: "notification",
        command_line: [
          `${at("omd-worker")} notify zulip --config=${at("zulip.conf")} NOTIFICATIONTYPE=PROBLEM HOSTNAME=web1`,
          `SERVICEDESC=s${index % SERVICES} SERVICESTATE=CRITICAL SERVICEOUTPUT='${markOf(index)}'`,
        ].join(" "),
      }));

      await using worker = await startWorker([gearmand.port], ["notifications=yes", "max-worker=20"]);
      await using core = new Core({ port: gearmand.port });
      const start = () =>
        execa(process.execPath, [PROGRAM, "zulip-notifier", `--config=${at("zulip.conf")}`], {
          reject: false,
        });
      const running = isRunning ? start() : undefined;
      await vi.waitFor(() => expect(fake.requests).toHaveLength(isRunning ? 2 : 0), PATIENCE);
      await core.submit("notification", ...notifications);
      await vi.waitFor(() => expect(worker.linesWith("via=native")).toHaveLength(ALERTS), PATIENCE);
      if (!isRunning) expect(waiting()).toHaveLength(ALERTS);
      const notifier = running ?? start();
      const sent = () => fake.world.sentTo("icinga").flatMap(({ content }) => content.match(MARK) ?? []);
      await vi.waitFor(() => expect(sent()).toHaveLength(ALERTS), PATIENCE);
      notifier.kill("SIGTERM");
      expect((await notifier).exitCode).toBe(0);

      // Zulip takes 200 requests a minute: what is one message each at first goes into digests.
      expect(fake.refusals).toEqual(new Map());
      expect(fake.requests.length).toBeLessThan(200);
      const told = Array.from({ length: ALERTS }, (_, index) => markOf(index));
      expect(sent().toSorted()).toEqual(told.toSorted());
      for (let service = 0; service < SERVICES; service += 1) {
        const ofService = (mark: string) => mark.endsWith(` ${service}`);
        expect(sent().filter(ofService)).toEqual(told.filter(ofService));
      }
      expect(waiting()).toEqual([]);
    },
  );
});

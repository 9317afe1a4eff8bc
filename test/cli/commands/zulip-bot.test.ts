import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../integrations/chat-server/world.ts";
import { createFolder } from "../../support/folder.ts";
import { freePort } from "../../support/free-port.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { startBot } from "../../support/processes/zulip-bot.ts";
import { FakeGitLab, GITLAB_PROJECT, GITLAB_TOKEN } from "../../support/servers/fake-gitlab.ts";
import { MuteIcinga } from "../../support/servers/mute-icinga.ts";
import { run } from "../io.ts";

checkLeaks();

let folder: ReturnType<typeof createFolder>;
let fake: ChatServer;
let icinga: MuteIcinga;
let bot: FakeUser;
let conf: string;
beforeEach(async () => {
  folder = createFolder();
  fake = await ChatServer.start();
  icinga = await MuteIcinga.start();
  bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
  const [key, password] = [write("key", `${bot.key}\n`), write("password", "secret")];
  conf = write(
    "zulip-bot.conf",
    [
      ...[`site=${fake.url}`, `email=${bot.email}`, `api_key_file=${key}`, "permission=allow stream=icinga"],
      `monitoring=icinga2 ${icinga.url} user=zulip-bot password_file=${password}`,
      `state_folder=${join(folder.path, "state")}`,
    ].join("\n"),
  );
});
afterEach(async () => {
  await icinga[Symbol.asyncDispose]();
  await fake.stop();
  folder[Symbol.dispose]();
});

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe("omd-worker zulip-bot", () => {
  it("--check-config says whether the configuration is right, and asks nobody", async () => {
    const said = await run("zulip-bot", ["--check-config", `--config=${conf}`]);
    expect(said).toEqual({ code: 0, stdout: "the configuration is fine\n", stderr: "" });
    expect(fake.requests).toEqual([]);
    const wrong = await run("zulip-bot", [`--config=${conf}`, "--monitoring=zabbix"]);
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining("'zabbix' is none of icinga2") });
  });

  it("--check asks Zulip and the monitoring, and says what either says", async () => {
    fake.world.addStream("icinga", [bot.id]);
    expect(await run("zulip-bot", ["--check", `--config=${conf}`])).toEqual({
      code: 0,
      stdout: `the configuration is fine\nZulip: ${fake.url} knows the bot as Bot\nmonitoring: Icinga 2 at ${icinga.url}/v1 as zulip-bot\n`,
      stderr: "",
    });
    await using gitlab = await FakeGitLab.start();
    const tokenFile = write("token", GITLAB_TOKEN);
    const tracker = `--gitlab=${gitlab.url} project=${GITLAB_PROJECT} token_file=${tokenFile}`;
    expect(await run("zulip-bot", ["--check", `--config=${conf}`, tracker])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`\nGitLab: issues are opened in ${GITLAB_PROJECT}\n`),
    });
    write("token", "glpat-other");
    const words = ["--check", `--config=${conf}`, "--email=other@rig.local", tracker];
    const away = `--monitoring=icinga2 http://127.0.0.1:${await freePort()} user=a password_file=${folder.path}/key`;
    const refused = await run("zulip-bot", [...words, away]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^Zulip: .*UNAUTHORIZED.*\nmonitoring: .*ECONNREFUSED.*\nGitLab: 401 Unauthorized/,
    );
  });

  it("--check fails where the bot hears nothing of a stream that a permission names", async () => {
    fake.world.addStream("icinga", [], { isPrivate: true });
    fake.world.addStream("Open");
    const more = ["allow stream=open|later*", "deny stream=elsewhere"].map((rule) => `--permission=${rule}`);
    const said = await run("zulip-bot", ["--check", `--config=${conf}`, ...more]);
    expect(said).toMatchObject({ code: 1, stdout: expect.stringContaining("monitoring: Icinga 2 at") });
    expect(said.stderr).toMatch(
      /^Zulip: the bot is not subscribed to icinga, which .*: it hears nothing there\nZulip: .* to open, .*\n$/,
    );
  });

  it("serves metrics and probes, refuses a second one in its folder, and ends with TERM", async () => {
    const port = await freePort();
    await fake.stop();
    await using running = startBot(folder.path, `--prometheus_server=127.0.0.1:${port}`);
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    const says = (path: string, text: string) =>
      vi.waitFor(async () => expect(await ask(path)).toContain(text), { timeout: 30_000, interval: 20 });
    await says("/readyz", "cannot reach");
    await fake.resume();
    await says("/readyz", "ok\n");
    await says("/metrics", "zulip_bot_queue_registrations_total 1\n");
    await says("/metrics", "zulip_bot_monitoring_up 1\n");
    const second = await run("zulip-bot", [`--config=${conf}`, "--debug=-1"]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("another bot reads /") });
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(fake.openQueues).toBe(0);
    expect(running.log()).toContain("it acts there as zulip-bot");
    expect(running.log()).not.toMatch(new RegExp(`${bot.key}|secret`));
  });

  it("ends with 4 when Zulip refuses the login, and says what to look at", async () => {
    const said = await run("zulip-bot", [`--config=${conf}`, "--email=other@rig.local", "--debug=-1"]);
    expect(said.code).toBe(4);
    expect(said.stderr).toMatch(
      /^the bot has ended: .*401, UNAUTHORIZED.* \(look at email and api_key_file\)\n$/,
    );
  });

  it("does not start with a folder that others may write to", async () => {
    mkdirSync(join(folder.path, "state"));
    chmodSync(join(folder.path, "state"), 0o777);
    const said = await run("zulip-bot", [`--config=${conf}`, "--debug=-1"]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("can be written by other users") });
  });

  it("has a sample in docs, which is the one that is printed: npm run docs", async () => {
    const { stdout } = await run("zulip", ["sample", "bot"]);
    expect(Buffer.from(stdout, "latin1").toString()).toBe(readFileSync("docs/zulip-bot.conf.sample", "utf8"));
  });
});

import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import { createFolder } from "../../support/folder.ts";
import { freePort } from "../../support/free-port.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { broadcast, FakeThruk, THRUK_KEY } from "../../support/servers/fake-thruk.ts";
import { run } from "../io.ts";

checkLeaks();

const PROGRAM = join(import.meta.dirname, "../../../src/cli/omd-worker.ts");
const MACROS = [
  ...["NOTIFICATIONTYPE=PROBLEM", "HOSTNAME=web1", "HOSTALIAS=Web 1", "SERVICEDESC=http"],
  ...["SERVICESTATE=CRITICAL", "SERVICEOUTPUT=connection refused"],
];

let folder: ReturnType<typeof createFolder>;
let fake: ChatServer;
let conf: string;
let settings: readonly string[];
beforeEach(async () => {
  folder = createFolder();
  fake = await ChatServer.start();
  const bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
  fake.world.addStream("icinga", [bot.id]);
  const keyFile = join(folder.path, "key");
  writeFileSync(keyFile, `${bot.key}\n`, { mode: 0o600 });
  conf = join(folder.path, "zulip.conf");
  settings = [
    ...[`site=${fake.url}`, "email=bot@rig.local", `api_key_file=${keyFile}`, "stream=icinga"],
    `spool=${join(folder.path, "spool")}`,
  ];
  writeFileSync(conf, settings.join("\n"));
});
afterEach(async () => {
  await fake.stop();
  folder[Symbol.dispose]();
});
const entries = () => readdirSync(join(folder.path, "spool")).filter((name) => name.endsWith(".entry"));

describe("omd-worker notify zulip", () => {
  it("keeps the notification, and does not talk to Zulip", async () => {
    expect(await run("notify", ["zulip", `--config=${conf}`, ...MACROS])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(entries()).toHaveLength(1);
    expect(fake.requests).toEqual([]);
  });

  it("finds the macros in the environment", async () => {
    const env = { NAGIOS_HOSTNAME: "web1", NAGIOS_HOSTSTATE: "DOWN", OMD_ZULIP_CONFIG: conf };
    expect((await run("notify", ["zulip"], env)).code).toBe(0);
    expect(entries()).toHaveLength(1);
  });

  it("sends it at once, if it is told to", async () => {
    expect(await run("notify", ["zulip", "--now", `--config=${conf}`, ...MACROS])).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(fake.world.sentTo("icinga")[0]?.content).toBe(
      "Notification Type: **CRIT** - PROBLEM - CRITICAL\nOutput: connection refused",
    );
  });

  it("keeps what cannot be sent at once, and says why", async () => {
    const said = await run("notify", [
      "zulip",
      "--now",
      `--config=${conf}`,
      "--email=other@rig.local",
      ...MACROS,
    ]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("UNAUTHORIZED") });
    expect(entries()).toHaveLength(1);
  });

  it.each<[string, number, readonly string[], string]>([
    ["no host", 2, ["SERVICEDESC=s"], "the notification is not kept: no host is named"],
    [
      "a full spool",
      2,
      [...MACROS, "--spool_max_entries=1"],
      "the notification is not kept: the spool is full: /",
    ],
    [
      "a folder that cannot be",
      2,
      [...MACROS, "--spool=/proc/none"],
      "the notification is not kept: cannot use the spool: ",
    ],
    [
      "a file that is not there",
      3,
      [...MACROS, "--config=/nowhere"],
      "could not open file: /nowhere: no such file",
    ],
  ])("with %s ends with %i and says why", async (_, code, words, text) => {
    if (text.includes("full")) await run("notify", ["zulip", `--config=${conf}`, ...MACROS]);
    const said = await run("notify", ["zulip", `--config=${conf}`, ...words]);
    expect(said.code).toBe(code);
    expect(said.stderr).toContain(text);
  });

  it("says what is wrong with its words, and keeps the notification all the same", async () => {
    const said = await run("notify", ["zulip", `--config=${conf}`, "--spol=/x", ...MACROS]);
    expect(said.code).toBe(0);
    expect(said.stderr).toBe("command line: warning: unknown option 'spol' (did you mean spool?)\n");
    writeFileSync(conf, [...settings, "nonsense=1"].join("\n"));
    expect((await run("notify", ["zulip", `--config=${conf}`, ...MACROS])).stderr).toBe("");
    expect(entries()).toHaveLength(2);
  });

  it("knows no other chat", async () => {
    expect(await run("notify", ["slack"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("unknown word 'slack'"),
    });
  });
});

describe("omd-worker zulip-notifier", () => {
  it("says whether its configuration is right", async () => {
    const said = await run("zulip-notifier", ["--check-config", `--config=${conf}`]);
    expect(said).toEqual({ code: 0, stdout: "the configuration is fine\n", stderr: "" });
    writeFileSync(conf, "route=x\n");
    const wrong = await run("zulip-notifier", ["--check-config", `--config=${conf}`]);
    expect(wrong).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("zulip.conf:1: route: 'x': there is no =>"),
    });
  });

  it("waits for its server, sends what the core's command has kept, serves metrics, and ends with TERM", async () => {
    await fake.stop();
    const port = await freePort();
    const argv = ["zulip-notifier", `--config=${conf}`, `--prometheus_server=127.0.0.1:${port}`];
    const notifier = execa(process.execPath, [PROGRAM, ...argv], { reject: false });
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    const answers = (path: string, text: string) =>
      vi.waitFor(async () => expect(await ask(path)).toContain(text), { timeout: 30_000, interval: 50 });
    await answers("/readyz", "the notifier has not reached Zulip yet\n");
    const words = ["notify", "zulip", `--config=${conf}`, ...MACROS];
    expect((await execa(process.execPath, [PROGRAM, ...words])).exitCode).toBe(0);
    await answers("/metrics", "zulip_notifier_spool_entries 1\n");
    await fake.resume();
    await answers("/readyz", "ok\n");
    const second = await run("zulip-notifier", [`--config=${conf}`, "--debug=-1"]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining("another notifier reads /") });
    await answers("/metrics", "zulip_notifier_notices_total 1\n");
    expect(fake.world.sentTo("icinga")).toHaveLength(1);
    notifier.kill("SIGTERM");
    const { exitCode, stdout } = await notifier;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /ECONNREFUSED.*Zulip 8\.0-dev, feature level 218; buttons for Bot\n.*the notifier has ended$/s,
    );
    expect(stdout).not.toContain(fake.world.users[0]?.key);
  });

  it("killed while Zulip has stored a message and not answered, sends it once all the same", async () => {
    const start = () =>
      execa(process.execPath, [PROGRAM, "zulip-notifier", `--config=${conf}`], { reject: false });
    await run("notify", ["zulip", `--config=${conf}`, ...MACROS]);
    fake.faults.push({ kind: "hang", isStored: true });
    const first = start();
    await vi.waitFor(() => expect(fake.world.messages).toHaveLength(1), { timeout: 30_000, interval: 20 });
    first.kill("SIGKILL");
    await first;
    expect(entries()).toHaveLength(1);
    const second = start();
    await vi.waitFor(() => expect(entries()).toEqual([]), { timeout: 30_000, interval: 20 });
    second.kill("SIGTERM");
    expect((await second).exitCode).toBe(0);
    expect(fake.world.messages).toHaveLength(1);
  });

  it("tells the broadcasts of Thruk, once also over a restart", async () => {
    await using thruk = new FakeThruk();
    const keyFile = join(folder.path, "thruk.key");
    writeFileSync(keyFile, `${THRUK_KEY}\n`, { mode: 0o600 });
    const own = [`--broadcast_url=${await thruk.listen()}`, `--broadcast_key_file=${keyFile}`];
    thruk.broadcasts = [broadcast("one", "<b>Update</b> at 8 pm")];
    const contents = () => fake.world.sentTo("icinga").map(({ topic, content }) => `${topic}: ${content}`);
    for (const expected of [1, 2]) {
      const words = [PROGRAM, "zulip-notifier", `--config=${conf}`, "--stage=prod", ...own];
      const notifier = execa(process.execPath, words, { reject: false });
      await vi.waitFor(() => expect(contents()).toHaveLength(expected), { timeout: 30_000, interval: 50 });
      notifier.kill("SIGTERM");
      expect(await notifier).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining(THRUK_KEY) });
      thruk.broadcasts = [];
    }
    expect(contents()).toEqual([
      "Broadcasts: **Broadcast**, by omdadmin\n**Update** at 8 pm\nStage: prod",
      "Broadcasts: **Broadcast is over**, by omdadmin\nUpdate at 8 pm\nStage: prod",
    ]);
  });

  it.each([
    [["--broadcast_url=https://omd/thruk"], "there is no broadcast_key_file"],
    [["--broadcast_url=omd", "--broadcast_key_file=/k"], "broadcast_url: 'omd' is no address"],
    [
      ["--broadcast_url=https://me:pw@omd/", "--broadcast_key_file=/k"],
      "broadcast_url: an address with a user is no address of Thruk",
    ],
  ])("says what is wrong with %j", async (words, text) => {
    const said = await run("zulip-notifier", ["--check-config", `--config=${conf}`, ...words]);
    expect(said).toMatchObject({ code: 3, stderr: expect.stringContaining(text) });
    expect(said.stderr).not.toContain("me:pw");
  });

  it("does not start with a spool that others may write to", async () => {
    await run("notify", ["zulip", `--config=${conf}`, ...MACROS]);
    chmodSync(join(folder.path, "spool"), 0o777);
    const said = await run("zulip-notifier", [`--config=${conf}`]);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("can be written by other users") });
  });
});

describe("omd-worker zulip emoji upload", () => {
  it("uploads the emoji with an administrator's key", async () => {
    const admin = fake.world.addUser({ email: "admin@rig.local", fullName: "Admin", role: 200 });
    const rc = join(folder.path, "zuliprc");
    writeFileSync(rc, `[api]\nemail=${admin.email}\nkey=${admin.key}\nsite=${fake.url}\n`, { mode: 0o644 });
    const said = await run("zulip", ["emoji", "upload", `--zuliprc=${rc}`]);
    expect(said.code).toBe(0);
    expect(said.stderr).toContain("has a key and can be read by every user (chmod o= /");
    expect(said.stderr).not.toContain(admin.key);
    expect(fake.world.emoji.size).toBe(9);
  });

  it("with a bot's key says what to do", async () => {
    const said = await run("zulip", ["emoji", "upload", `--config=${conf}`]);
    expect(said).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the API key of an administrator"),
    });
  });

  it("beside it, the sample of docs is the one that is printed: npm run docs", async () => {
    const { stdout } = await run("zulip", ["sample"]);
    expect(Buffer.from(stdout, "latin1").toString()).toBe(readFileSync("docs/zulip.conf.sample", "utf8"));
  });

  it.each([[["emoji"]], [["emojis"]]])("after wrong words %j explains itself", async (words) => {
    expect((await run("zulip", words)).code).toBe(3);
  });
});

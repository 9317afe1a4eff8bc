import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMPATIBLE_NAMES } from "../../src/cli/tools/tool-commands.ts";
import { createFolder } from "../../test/support/folder.ts";
import { freePort } from "../../test/support/free-port.ts";
import { memoryOf, renderMemory } from "./cgroup.ts";
import { Container, emulatedPlatform, imageName, isWanted, runner, runToEnd } from "./container.ts";
import { ask, PoolSite } from "./pool-site.ts";
import { jobFor, queuesOf } from "./queues.ts";
import { openScene, TARGETS, type Target } from "./targets.ts";

/** For what a worker does once after its start. */
const SETTLE_MS = 10_000;
const IN_FLIGHT = 200;
const GROUP = 10001;
/** Where a container has the site's folder. */
const SITE = "/run/site";
const OWN_CHECK = `import { defineCheck, OK } from "omd-worker/sdk";
const run = () => ({ returnCode: OK, output: "own answer" });
export const check = defineCheck({ name: "check_own", summary: "own", options: {}, run });
`;
const WARM_PLUGIN = "#!/usr/bin/perl\n# nagios: +epn\nprint qq(warm answer\\n);\nexit 0;\n";

const table: string[] = [];
let site: PoolSite;

beforeAll(async () => {
  site = await PoolSite.start();
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  console.log(table.join("\n"));
});

describe.each(TARGETS)("the image %s", (target: Target) => {
  beforeEach(({ skip }) => skip(!isWanted(target)));

  it("has no privileges to give, and the user 10001", async () => {
    const { stdout } = await runToEnd(target, {
      flags: ["--entrypoint", "/bin/sh"],
      words: ["-c", "id -u; id -g; find / -xdev -perm /6000 -type f 2>/dev/null; touch /x 2>&1"],
    });
    expect(stdout.split("\n")).toEqual(["10001", "10001", expect.stringMatching(/Read-only file system/)]);
    const { stdout: user } = await runner("inspect", "--format", "{{.Config.User}}", imageName(target));
    expect(user).toBe("10001:10001");
  });

  it("answers one check itself and one by a plugin, and TERM lets a check of ten seconds end", async () => {
    const scene = await openScene(target, site.port);
    await using _server = scene.server;
    const flags = (scene.volumes ?? []).flatMap((volume) => ["--volume", volume]);
    await using core = site.openCore();
    await core.connected();
    const queues = queuesOf(target);
    const [queue = "", ...others] = queues;
    await using container = await Container.start(target, site.options(queues, { flags }));
    const { seconds, cpu } = await site.registered(container, queue);
    // With half a core that is a second and a half. The time itself depends on what else the machine does, and
    // QEMU takes more.
    if ((await emulatedPlatform(target)) === undefined) expect(cpu).toBeLessThan(0.75);
    const questions = [scene.native, scene.plugin, ...(scene.more ?? [])];
    const commands = questions.map(({ command }) => command);
    const answers = await ask(core, queue, commands);
    for (const other of others)
      expect(await ask(core, other, [scene.native.command]), other).toEqual([
        expect.stringContaining(scene.native.says),
      ]);
    const log = await container.logs();
    expect(answers, log).toEqual(questions.map(({ says }) => expect.stringContaining(says)));
    const ways = [...log.matchAll(/"via":"([a-z]+)"/g)].map(([, via]) => via).toSorted();
    expect(ways, log).toEqual([...queues.map(() => "native"), ...questions.slice(1).map(() => "plugin")]);

    await core.submit(queue, jobFor(queue, 0, "/bin/sh -c 'sleep 10; echo ten'"));
    await site.underWay(queue, 1);
    core.results.splice(0);
    const begun = performance.now();
    expect(await container.stop()).toBe(0);
    expect((await core.collected(1))[0]?.fields.get("output")).toBe("ten");
    const drained = (performance.now() - begun) / 1000;
    const start = `${seconds.toFixed(2)} s and ${cpu.toFixed(2)} s of CPU`;
    table.push(`${target}: registered after ${start}, drained in ${drained.toFixed(1)} s`);
  });

  it("is found well by its doctor", async () => {
    const { exitCode, stdout, stderr } = await runToEnd(
      target,
      site.options(queuesOf(target), { words: ["doctor"] }),
    );
    const findings = `${stdout}${stderr}`.split("\n").filter((line) => /^(?:error|warning)/.test(line));
    // The containers are in the network of this machine, whose setting it is.
    const about = mayPingHere() ? [] : [expect.stringMatching(/^warning ping /)];
    expect(findings).toEqual(about);
    expect(exitCode).toBe(about.length);
  });

  it("runs as any user of the group 0, as on OpenShift", async () => {
    const queue = `servicegroup_${target}-any`;
    await using core = site.openCore();
    await core.connected();
    const flags = ["--user", "1000670000:0"];
    await using container = await Container.start(target, site.options([queue], { flags }));
    await site.registered(container, queue);
    const command = `/usr/lib/nagios/plugins/check_tcp -H 127.0.0.1 -p ${site.port}`;
    const answers = await ask(core, queue, [command, "/bin/sh -c 'id -u; id -g'"]);
    expect(answers).toEqual([expect.stringContaining("TCP OK"), "1000670000\\n0"]);
  });

  it("says what it holds", async () => {
    const { stdout } = await runToEnd(target, {
      flags: ["--entrypoint", "/bin/sh"],
      words: ["-c", "cat /usr/share/doc/omd-worker/debian.txt /opt/omd-worker/sbom.cdx.json"],
    });
    expect(stdout).toMatch(/^tini \S+ \S+$/m);
    expect(stdout).toContain('"bomFormat": "CycloneDX"');
    const node = await runToEnd(target, { flags: ["--entrypoint", "node"], words: ["--version"] });
    expect(stdout).toContain(`"pkg:generic/node@${node.stdout.trim().replace(/^v/, "")}"`);
    const { stdout: bytes } = await runner("inspect", "--format", "{{.Size}}", imageName(target));
    table.push(`${target}: ${Math.round(Number(bytes) / 1e6)} MB`);
  });

  it("is called by its names, by PATH and as the Debian package has it", async () => {
    await using container = await Container.start(target, site.options([`servicegroup_${target}-names`]));
    await site.registered(container, `servicegroup_${target}-names`);
    for (const [file, ...words] of [
      ["omd-worker", "status"],
      ["/usr/bin/omd-worker", "status"],
      ["sh", "-lc", "omd-worker status"],
    ] as const) {
      const { exitCode, stdout, stderr } = await container.exec(file, ...words);
      expect({ exitCode, stdout, stderr }, file).toEqual({
        exitCode: 0,
        stderr: "",
        stdout: expect.stringContaining(", takes jobs, up "),
      });
    }
    for (const name of COMPATIBLE_NAMES) {
      const { stdout } = await container.exec("sh", "-c", `command -v ${name} && ${name} --version`);
      expect(stdout, name).toMatch(/^\/opt\/omd-worker\/bin\/[\s\S]*omd-worker/);
    }
  });

  it.runIf(target === "hostcheck")("pings without any capability", async () => {
    const ping = (words: readonly string[], entrypoint: string) =>
      runToEnd(target, {
        flags: [
          ...["--network", "none", "--sysctl", "net.ipv4.ping_group_range=0 2147483647"],
          ...["--entrypoint", entrypoint],
        ],
        words,
      });
    const plugins = "/usr/lib/nagios/plugins";
    for (const [command, says] of [
      [`omd-worker check -- ${plugins}/check_icmp -H 127.0.0.1 -n 1`, "OK - 127.0.0.1: rta"],
      [`${plugins}/check_ping -H 127.0.0.1 -w 100,10% -c 200,20% -p 1`, "PING OK"],
      ["/usr/bin/ping -c 1 127.0.0.1", "1 received"],
      ["/usr/bin/fping -c 1 127.0.0.1", "0% loss"],
    ] as const) {
      const [entrypoint = "", ...words] = command.split(" ");
      const { stdout, stderr } = await ping(words, entrypoint);
      expect(stdout + stderr, command).toContain(says);
    }
  });

  it.runIf(target === "hostcheck")("has all that lies beside its code", async () => {
    using files = createFolder();
    chmodSync(files.path, 0o755);
    writeFileSync(join(files.path, "check_own.mjs"), OWN_CHECK);
    writeFileSync(join(files.path, "check_warm.pl"), WARM_PLUGIN, { mode: 0o755 });
    const queue = `servicegroup_${target}-beside`;
    const port = await freePort();
    await using core = site.openCore();
    await core.connected();
    const env = { OMD_WORKER_PLUGIN_PATH: SITE, OMD_WORKER_PROMETHEUS_SERVER: `127.0.0.1:${port}` };
    const flags = ["--volume", `${files.path}:${SITE}:ro`];
    await using container = await Container.start(target, site.options([queue], { env, flags }));
    await site.registered(container, queue);
    expect(await ask(core, queue, ["check_own", `${SITE}/check_warm.pl`])).toEqual([
      "own answer",
      "warm answer",
    ]);
    expect(await container.logs()).toContain('"via":"warm"');
    for (const path of ["/", "/metrics", "/livez", "/readyz"])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(200);
  });

  it("stays below 256 MiB with 200 checks under way", async ({ skip }) => {
    const platform = await emulatedPlatform(target);
    if (platform !== undefined) {
      table.push(`${target}: memory was not measured, as that of QEMU for ${platform} would count`);
      skip();
    }
    const queue = `servicegroup_${target}-memory`;
    await using core = site.openCore();
    await core.connected();
    const env = { OMD_WORKER_DEBUG: "0", OMD_WORKER_MIN_WORKER: "10", OMD_WORKER_MAX_WORKER: "200" };
    const rate = { OMD_WORKER_SPAWN_RATE: "200" };
    await using container = await Container.start(
      target,
      site.options([queue], { env: { ...env, ...rate } }),
    );
    await site.registered(container, queue);
    await pause(SETTLE_MS);
    const pid = await container.pid();
    const idle = memoryOf(pid);
    const jobs = Array.from({ length: IN_FLIGHT }, (_, at) => jobFor(queue, at, "/bin/sleep 30"));
    await core.submit(queue, ...jobs);
    await site.underWay(queue, IN_FLIGHT);
    await pause(SETTLE_MS);
    const busy = memoryOf(pid);
    await core.collected(IN_FLIGHT, { timeout: 120_000, interval: 100 });
    table.push(`${target}: idle ${renderMemory(idle)}; 200 under way ${renderMemory(busy)}`);
    // None was killed for want of memory, and what cannot be given back leaves half of the limit free.
    expect(new Set(core.results.map(({ fields }) => fields.get("return_code")))).toEqual(new Set(["0"]));
    expect(busy.own).toBeLessThan(128);
  });
});

/** Whether the group of the images may open a socket for pings in the network of this machine. */
function mayPingHere(): boolean {
  const range = readFileSync("/proc/sys/net/ipv4/ping_group_range", "utf8");
  const [first = 1, last = 0] = range.trim().split(/\s+/).map(Number);
  return first <= GROUP && GROUP <= last;
}

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createFolder } from "../../test/support/folder.ts";
import { Container, isWanted, processorOf, runToEnd } from "./container.ts";
import { CANNOT_START, COUNT_ZOMBIES, DOES_NOT_END, START_EACH_PLUGIN } from "./inside.ts";
import { ask, PATIENCE, PoolSite } from "./pool-site.ts";
import { TARGETS, type Target } from "./targets.ts";

/** Where a container has the files of a site. */
const SITE = "/run/site";

let site: PoolSite;

beforeAll(async () => {
  site = await PoolSite.start();
});
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe.each(TARGETS)("a pool of the image %s", (target: Target) => {
  beforeEach(({ skip }) => skip(!isWanted(target)));

  it("has no plugin that lacks a library or a module, but those of other pools", async () => {
    const { stdout } = await runToEnd(target, {
      flags: ["--entrypoint", "/bin/sh"],
      words: ["-c", START_EACH_PLUGIN],
    });
    const lines = stdout.split("\n");
    expect(lines.pop()).toMatch(/^asked: [1-9]\d+$/);
    const processor = await processorOf(target);
    const endless = DOES_NOT_END[processor]?.[target] ?? [];
    expect(lines).toEqual([...CANNOT_START[target], ...endless].toSorted());
    expect(pluginsOfRow(`\`${target}\`: `)).toEqual(CANNOT_START[target].toSorted());
    expect(pluginsOfRow(`\`${target}\` for ${processor}: `)).toEqual(endless);
  });

  it("takes options from a file, and those of the environment before them", async () => {
    const queue = `servicegroup_${target}-file`;
    using files = createFolder();
    chmodSync(files.path, 0o755);
    const lines = [`server=127.0.0.1:${site.port}`, "identifier=from-the-file", "hostgroups=of-the-file"];
    writeFileSync(join(files.path, "worker.conf"), lines.join("\n"));
    const flags = ["--network", "host", "--volume", `${files.path}:${SITE}:ro`];
    const key = ["--volume", `${site.keyFile}:/run/secrets/gearman.key:ro`];
    await using container = await Container.start(target, {
      env: {
        OMD_WORKER_SERVICEGROUPS: `${target}-file`,
        OMD_WORKER_IDENTIFIER: "from-the-environment",
        OMD_WORKER_KEYFILE: "/run/secrets/gearman.key",
      },
      flags: [...flags, ...key],
      words: [`--config=${SITE}/worker.conf`],
    });
    await site.registered(container, queue);
    const { workers: ofTheFile } = await site.statusOf("hostgroup_of-the-file");
    const { workers: named } = await site.statusOf("worker_from-the-environment");
    expect(Math.min(ofTheFile, named)).toBeGreaterThan(0);
  });

  it("leaves no process that a plugin has left", async () => {
    const queue = `servicegroup_${target}-orphans`;
    await using core = site.openCore();
    await core.connected();
    await using container = await Container.start(target, site.options([queue]));
    await site.registered(container, queue);
    const orphans = Array.from({ length: 5 }, () => "/bin/sh -c '(sleep 1 > /dev/null 2>&1 &) ; echo left'");
    expect(await ask(core, queue, orphans)).toEqual(orphans.map(() => "left"));
    const stillThere = "pgrep -c '^sleep$' || true";
    await vi.waitFor(
      async () => expect((await container.exec("sh", "-c", stillThere)).stdout.trim()).toBe("0"),
      PATIENCE,
    );
    expect((await container.exec("sh", "-c", COUNT_ZOMBIES)).stdout.trim()).toBe("0");
  });
});

/** The plugins that a row of docs/images.md names. */
function pluginsOfRow(start: string): readonly string[] {
  const rows = readFileSync("docs/images.md", "utf8").split("\n");
  const row = rows.find((line) => line.startsWith(`| ${start}`)) ?? "";
  return row.match(/\bcheck_\w+/g) ?? [];
}

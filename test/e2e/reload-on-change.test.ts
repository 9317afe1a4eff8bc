import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { mountSecret } from "../support/mounted-secret.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";

function mountConfig(folder: string, ...lines: readonly string[]): void {
  mountSecret(folder, { "worker.conf": `${lines.join("\n")}\n` });
}

describe.skipIf(!hasServer("gearmand"))("a worker with reload_on_change", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  const registered = (queue: string, workers: number) =>
    untilStatus({ host: "127.0.0.1", port: gearmand.port }, queue, { workers });

  it("serves the queues of a ConfigMap that has changed, and goes on after one that is wrong", async () => {
    using folder = createFolder();
    mountConfig(folder.path, "reload_on_change=yes", "hostgroups=one");
    await using worker = await startWorker([gearmand.port], [`config=${folder.path}/worker.conf`]);
    await registered("hostgroup_one", 1);

    mountConfig(folder.path, "reload_on_change=yes", "hostgroups=two");
    await registered("hostgroup_two", 1);
    await registered("hostgroup_one", 0);
    await worker.logged("got a change of its files, reloading configuration");

    mountConfig(folder.path, "reload_on_change=yes", "encryption=perhaps");
    await worker.logged("the worker goes on with what it has read before");
    await registered("hostgroup_two", 1);

    mountConfig(folder.path, "reload_on_change=yes", "hostgroups=three");
    await registered("hostgroup_three", 1);
  });

  it("leaves a change alone once the option is taken away", async () => {
    using folder = createFolder();
    mountConfig(folder.path, "reload_on_change=yes", "hostgroups=one");
    await using worker = await startWorker([gearmand.port], [`config=${folder.path}/worker.conf`]);
    mountConfig(folder.path, "hostgroups=two");
    await registered("hostgroup_two", 1);
    mountConfig(folder.path, "hostgroups=three");
    worker.signal("SIGHUP");
    await worker.logged("got SIGHUP, reloading configuration");
    await registered("hostgroup_three", 1);
    expect(worker.linesWith("got a change of its files")).toHaveLength(1);
  });
});

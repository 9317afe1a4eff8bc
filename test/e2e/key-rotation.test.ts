import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { createFolder, writeBook, writeGate } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { mountSecret } from "../support/mounted-secret.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob, textOf } from "./core.ts";

const OLD = "the key that was shared so far";
const NEW = "the key that is shared now";

describe.skipIf(!hasServer("gearmand"))("the key of a worker", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  /** A core that knows one key, and its own queue of results. */
  function startCore(resultQueue: string, password: string) {
    const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(password)) });
    const core = new Core({ port: gearmand.port, envelope, resultQueue });
    const submit = (name: string, commandLine: string) =>
      core.submit("service", serviceJob(name, commandLine, { result_queue: resultQueue }));
    const seal = (fields: ReturnType<typeof serviceJob>) => envelope.seal(textOf(fields));
    return { core, submit, seal, [Symbol.asyncDispose]: () => core[Symbol.asyncDispose]() };
  }

  it("is exchanged while it runs: both are accepted, and no result is lost or sealed with the wrong one", async () => {
    using folder = createFolder();
    mountSecret(folder.path, { key: `${OLD}\n`, accepted: `${OLD}\n` });
    const files = [`keyfile=${folder.path}/key`, `accepted_keyfile=${folder.path}/accepted`];
    const args = ["encryption=yes", "services=yes", "reload_on_change=yes", ...files];
    await using worker = await startWorker([gearmand.port], args);
    await using before = startCore("results_old", OLD);
    await using after = startCore("results_new", NEW);
    const gate = writeGate(worker.folder);
    await before.submit("during", gate.plugin("during"));
    await gate.entered(1);

    mountSecret(folder.path, { key: `${OLD}\n`, accepted: `${NEW}\n` });
    await worker.logged("reloading config was successful, changed: accepted_key");
    await before.submit("old 1", "/bin/echo 1");
    await after.submit("new 1", "/bin/echo 1");

    mountSecret(folder.path, { key: `${NEW}\n`, accepted: `${OLD}\n` });
    await worker.logged("reloading config was successful, changed: key, accepted_key");
    await before.submit("old 2", "/bin/echo 2");
    await after.submit("new 2", "/bin/echo 2");
    gate.open();
    await before.core.collected(3);
    await after.core.collected(2);
    expect(before.core.services).toEqual(["during", "old 1", "old 2"]);
    expect(after.core.services).toEqual(["new 1", "new 2"]);
    expect(worker.linesWith("check your encryption settings")).toEqual([]);

    mountSecret(folder.path, { key: `${NEW}\n`, accepted: `${NEW}\n` });
    await worker.logged("reloading config was successful, changed: accepted_key", 2);
    await before.submit("old 3", "/bin/echo 3");
    await worker.logged("check your encryption settings: payload is unreadable after decryption");
    await after.submit("new 3", "/bin/echo 3");
    await after.core.collected(3);
    expect(worker.log).not.toMatch(/the key that/);
  });

  it("may be another one for each job server, whose core never sees what is sealed with that of the other", async () => {
    const second = await startGearmand();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => second.stop());
    using folder = createFolder();
    mountSecret(folder.path, { key: OLD, dev: NEW });
    const [prod, dev] = [gearmand.port, second.port];
    const keys = [`keyfile=${folder.path}/key`, `server_keyfile=127.0.0.1:${dev}=${folder.path}/dev`];
    await using worker = await startWorker([prod, dev], ["encryption=yes", "services=yes", ...keys]);
    const coreOf = (port: number, password: string) => {
      const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(password)) });
      return new Core({ port, envelope, resultQueue: "own" });
    };
    const own = { result_queue: "own" };
    await using prodCore = coreOf(prod, OLD);
    await using devCore = coreOf(dev, NEW);
    await prodCore.submit("service", serviceJob("of prod", "/bin/echo prod", own));
    await devCore.submit("service", serviceJob("of dev", "/bin/echo dev", own));
    await Promise.all([prodCore.collected(1), devCore.collected(1)]);
    expect([prodCore.services, devCore.services]).toEqual([["of prod"], ["of dev"]]);

    // Whoever knows the key of dev orders nothing on prod.
    await using stranger = coreOf(prod, NEW);
    await stranger.submit("service", serviceJob("of a stranger", "/bin/echo stranger", own));
    await worker.logged("check your encryption settings: payload is unreadable after decryption");
    expect(prodCore.services).toEqual(["of prod"]);
  });

  it("is not all that a recorded job needs: with replay_window it is run once", async () => {
    using folder = createFolder();
    const book = writeBook(folder.path);
    const args = ["encryption=yes", `key=${OLD}`, "services=yes", "replay_window=300"];
    await using worker = await startWorker([gearmand.port], args);
    await using site = startCore("results_replay", OLD);
    const recorded = site.seal(serviceJob("once", book.plugin("once"), { result_queue: "results_replay" }));
    await site.core.submitRaw("service", recorded);
    await site.core.collected(1);
    await site.core.submitRaw("service", recorded);
    await worker.logged("discarded a job that came before: it was given again");
    const late = { core_time: Math.floor(Date.now() / 1000) - 400 };
    await site.core.submitRaw("service", site.seal(serviceJob("late", book.plugin("late"), late)));
    await worker.logged("discarded a job whose time is not within replay_window");
    await site.submit("new", book.plugin("new"));
    await site.core.collected(2);
    expect(book.entries()).toEqual(["once", "new"]);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { loadConfig } from "../../src/config/load.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { workerTable } from "../../src/config/worker/table.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { readLines } from "../../src/payload/lines.ts";
import type { Parcel } from "../../src/result/outbox.ts";
import { Preparations } from "../../src/run/preparations.ts";
import { Shadow } from "../../src/run/shadow.ts";
import { SiteShelf } from "../../src/run/shelf.ts";
import { TargetPlaces } from "../../src/run/target-places.ts";
import { Ending } from "../../src/worker/ending.ts";
import { InFlight } from "../../src/worker/in-flight.ts";
import { createJobContext } from "../../src/worker/job-context.ts";
import { LogThrottle } from "../../src/worker/log-throttle.ts";
import { performJob } from "../../src/worker/perform-job.ts";
import { ReplayGuard } from "../../src/worker/replay-guard.ts";
import { tellAll, type WorkerListener } from "../../src/worker/worker-events.ts";
import { createFolder } from "../support/folder.ts";
import { stubLog } from "../support/stub-log.ts";

const LINES = ["type=host", "result_queue=check_results", "host_name=web1", "command_line=/p/x a b"];

const CLEAR = createEnvelope({ encryption: false });
const [OLD, NEW, COPIES] = ["the old key", "the new key", "the key of copies"].map((password) =>
  createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(password)) }),
);

beforeEach(() => {
  vi.stubEnv("LC_ALL", "C");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function readConfig(...options: readonly string[]) {
  const given = ["server=127.0.0.1:4730", "encryption=no", ...options];
  const loaded = loadConfig(workerTable(BUILTIN_SETTINGS), given, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("no run");
  return loaded.config;
}

/** Performs one job with everything in place but the plugin and the connections. */
async function perform(
  options: readonly string[],
  { hasDupserver = false, listener = {}, lines = LINES, stdout = "so so", envelope = CLEAR } = {},
) {
  const log = stubLog();
  const delivered: Parcel[] = [];
  const copies: Parcel[] = [];
  const hold = vi.fn(async (_bytes: number, left: Promise<void>) => left);
  const execute = vi.fn(async () => ({ kind: "exited", returnCode: 1, stdout, stderr: "" }) as const);
  const job = {
    handle: "H:gm:1",
    queue: "host",
    unique: "",
    server: "gm:4730",
    workload: envelope.seal(lines.join("\n")),
    complete: vi.fn(),
    fail: vi.fn(),
  };
  const context = createJobContext(readConfig(...options), {
    log,
    events: tellAll([listener as WorkerListener], new LogThrottle(log)),
    pool: { enter: () => undefined, leave: () => {} },
    limits: { enter: () => undefined, leave: () => {} },
    shortage: { wait: async () => {}, ended: () => {} },
    ending: new Ending(),
    inFlight: new InFlight(),
    replays: new ReplayGuard(),
    handlers: { guard: (router) => router },
    executor: { run: execute },
    native: {
      shelf: new SiteShelf({ builtin: [], log }),
      shared: new SharedValues({ log: () => {} }),
      targets: new TargetPlaces(),
      shadow: new Shadow({ share: 0, log, findMarks: () => undefined }),
      preparations: new Preparations(log),
    },
    outbox: { deliver: async (parcel) => void delivered.push(parcel) },
    room: { hold },
    dupservers: { isEmpty: !hasDupserver, send: (parcel) => void copies.push(parcel) },
  });
  await performJob(job, context);
  const textOf = (parcels: readonly Parcel[]) =>
    parcels.map(({ workload }) => context.envelopeOf("gm:4730").openToAnswer(Buffer.from(workload)).text);
  return { delivered, copies, execute, job, textOf, log, hold };
}

it("a job's result goes to the queue the core named, marked with its job server", async () => {
  const { delivered, copies, execute, job, textOf } = await perform(["job_timeout=33"]);
  expect(execute).toHaveBeenCalledWith(expect.anything(), 33, undefined);
  expect(delivered).toMatchObject([{ queue: "check_results", server: "gm:4730" }]);
  expect(Object.fromEntries(readLines(textOf(delivered)[0] ?? ""))).toMatchObject({
    type: "active",
    host_name: "web1",
    return_code: "1",
    output: "so so",
  });
  expect(copies).toEqual([]);
  expect(job.complete).toHaveBeenCalledOnce();
});

it("without dup_results_are_passive a dupserver gets the very same bytes", async () => {
  const { delivered, copies } = await perform(["dup_results_are_passive=no"], { hasDupserver: true });
  const bytes = (parcels: readonly Parcel[]) => parcels.map(({ workload }) => workload);
  expect(bytes(copies)).toEqual(bytes(delivered));
  expect(bytes(copies)).toHaveLength(1);
});

it("with dup_results_are_passive a dupserver's copy is a passive result", async () => {
  const { delivered, copies, textOf } = await perform(["dup_results_are_passive=yes"], {
    hasDupserver: true,
  });
  expect(textOf(delivered)[0]).not.toContain("type=passive");
  expect(textOf(copies)[0]).toContain("type=passive");
});

it("a long result keeps its room until it is delivered, and a short one needs none", async () => {
  expect((await perform([])).hold).not.toHaveBeenCalled();
  const { hold, delivered, job } = await perform([], { stdout: "x".repeat(100_000) });
  expect(hold).toHaveBeenCalledExactlyOnceWith(expect.any(Number), expect.any(Promise));
  expect(hold.mock.calls[0]?.[0]).toBeGreaterThan(100_000);
  expect(delivered).toHaveLength(1);
  expect(job.complete).toHaveBeenCalledOnce();
});

it.each([
  ["gm:4730=the new key", NEW, "gm:4730"],
  ["gm2:4730=the new key", OLD, "gm:4730"],
])("server_key=%s opens the jobs of that server alone", async (option, core, server) => {
  const options = ["encryption=yes", "key=the old key", "server=gm:4730,gm2:4730", `server_key=${option}`];
  const { delivered } = await perform(options, { envelope: core });
  expect(delivered).toMatchObject([{ server }]);
  expect(core?.open(Buffer.from(delivered[0]?.workload ?? ""))).toContain("host_name=web1");
  const { delivered: refused, job } = await perform(options, { envelope: core === NEW ? OLD : NEW });
  expect(refused).toEqual([]);
  expect(job.fail).toHaveBeenCalledOnce();
});

it.each([
  ["the first key", OLD],
  ["an accepted key", NEW],
])(
  "a job that was sealed with %s has a result with the same, and its copies have their own",
  async (_, core) => {
    const options = ["encryption=yes", "key=the old key", "accepted_key=the new key"];
    const both = { hasDupserver: true, envelope: core };
    const { delivered, copies } = await perform([...options, "dupserver_key=the key of copies"], both);
    expect(core?.open(Buffer.from(delivered[0]?.workload ?? ""))).toContain("host_name=web1");
    expect(COPIES?.open(Buffer.from(copies[0]?.workload ?? ""))).toContain("host_name=web1");
    const without = await perform(options, both);
    expect(core?.open(Buffer.from(without.copies[0]?.workload ?? ""))).toContain("type=passive");
  },
);

it("a job is performed although a listener fails", async () => {
  const failing = () => {
    throw new Error("a fault of the listener");
  };
  const { delivered, job } = await perform([], { listener: { ran: failing, delivered: failing } });
  expect(delivered).toHaveLength(1);
  expect(job.complete).toHaveBeenCalledOnce();
});

it.each([
  ["a check", LINES.with(3, "command_line=/p/x -p $SECRET:pg$")],
  ["an event handler", ["type=eventhandler", "command_line=/p/x -p $SECRET:pg$"]],
  ["a notification", ["type=notification", "command_line=/p/x -p $SECRET:pg$"]],
])("a secret of %s reaches the plugin, and no result, log or listener", async (_, lines) => {
  using folder = createFolder();
  writeFileSync(join(folder.path, "pg"), "s3cret-word\n");
  const ran = vi.fn();
  const { delivered, execute, textOf, log } = await perform([`secret_dir=${folder.path}`, "debug=2"], {
    lines,
    stdout: "login with s3cret-word failed",
    listener: { ran },
  });
  expect(execute).toHaveBeenCalledWith(
    expect.objectContaining({ argv: ["/p/x", "-p", "s3cret-word"] }),
    expect.any(Number),
    undefined,
  );
  expect(ran).toHaveBeenCalledOnce();
  const told = [ran.mock.calls, textOf(delivered), ...Object.values(log).map(({ mock }) => mock.calls)];
  expect(JSON.stringify(told)).toContain("login with *** failed");
  expect(JSON.stringify(told)).not.toContain("s3cret-word");
});

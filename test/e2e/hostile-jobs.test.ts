import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { type RunningWorker, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { CLEAR, Core, serviceJob, textOf } from "./core.ts";

/** Hundreds of megabytes go through gearmand. */
const MAX_FLOOD_MS = 240_000;

interface Flood {
  readonly what: string;
  /** The n-th of them; they differ where that makes a difference. */
  readonly workload: (n: number) => Uint8Array;
  readonly times: number;
  /** What the log says of all of them, once. */
  readonly says: string;
}

const TIMES = 2_000;
const MEGABYTE = 1_048_576;
/** All of them together would be far more than the memory a worker may have had after any flood. */
const TIMES_A_MEGABYTE = 300;
const MAX_PEAK_MIB = 400;
const CORE_KEY = "the-key-of-the-core";
const ENCRYPTED = encryptedWith(CORE_KEY);
const WRAPPED_MEGABYTE = wrapped(Buffer.alloc(MEGABYTE, "a megabyte of no sense. "));

const NO_TEXT = "payload is base64, but no text of mod_gearman";
const CLEAR_WORKER: readonly Flood[] = [
  { what: "junk", times: TIMES, workload: junk, says: "payload is not base64" },
  { what: "nothing", times: TIMES, workload: () => Buffer.alloc(0), says: "payload is empty" },
  {
    what: "junk in base64",
    times: TIMES,
    workload: (n) => base64(junk(n * 16)),
    says: `${NO_TEXT}: not sent by`,
  },
  {
    what: "a megabyte of wrapped base64",
    times: TIMES_A_MEGABYTE,
    workload: () => WRAPPED_MEGABYTE,
    says: `${NO_TEXT}: is it encrypted`,
  },
  {
    what: "encrypted jobs",
    times: TIMES,
    workload: (n) => ENCRYPTED.seal(textOf(goodJob(n))),
    says: `${NO_TEXT}: is it encrypted`,
  },
  jobWithout("type", "discarded invalid job, no type given"),
  jobWithout("host_name", "discarded invalid job, no host name given"),
  jobWithout("service_description", "discarded invalid job, no service description given"),
  jobWithout("command_line", "discarded invalid job, no command line given"),
  jobWithout("result_queue", "no result queue given"),
];

const ENCRYPTING_WORKER: readonly Flood[] = [
  { what: "junk", times: TIMES, workload: junk, says: "payload is not base64" },
  {
    what: "junk in base64",
    times: TIMES,
    workload: (n) => base64(junk(n * 16)),
    says: "encrypted ones have a multiple of 16",
  },
  { what: "a megabyte of wrapped base64", times: 100, workload: () => WRAPPED_MEGABYTE, says: "wrong key?" },
  {
    what: "clear text",
    times: TIMES,
    workload: (n) => CLEAR.seal(textOf(goodJob(n))),
    says: "encryption is on here",
  },
  {
    what: "jobs of another key",
    times: TIMES,
    workload: (n) => encryptedWith("another-key").seal(textOf(goodJob(n))),
    says: "wrong key?",
  },
];

describe.skipIf(!hasServer("gearmand")).each([
  { worker: "a worker without encryption", floods: CLEAR_WORKER, envelope: CLEAR, args: [] },
  {
    worker: "a worker with encryption",
    floods: ENCRYPTING_WORKER,
    envelope: ENCRYPTED,
    args: ["encryption=yes", `key=${CORE_KEY}`],
  },
])("$worker", ({ floods, envelope, args }) => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  /** It serves a good job, and gearmand has none left. */
  async function expectToServe(core: Core): Promise<void> {
    const before = core.results.length;
    await core.submit("service", goodJob(before));
    await core.collected(before + 1);
    await untilStatus({ host: "127.0.0.1", port: gearmand.port }, "service", { total: 0 });
  }

  it.each(floods)(
    "after $times times $what serves on, and has said so once",
    async ({ workload, times, says }) => {
      await using worker = await startWorker(
        [gearmand.port],
        [...args, "debug=0", "min-worker=5", "services=yes"],
      );
      await using core = new Core({ port: gearmand.port, envelope });
      for (let done = 0; done < times; done += 50) {
        await core.submitRaw("service", ...Array.from({ length: 50 }, (_, i) => workload(done + i)));
      }
      await expectToServe(core);
      expect(core.results.length).toBe(1);
      expect(complaints(worker)).toEqual([expect.stringContaining(says)]);
      expect(peakMib(worker)).toBeLessThan(MAX_PEAK_MIB);
    },
    MAX_FLOOD_MS,
  );

  it("serves on after all of them mixed", async () => {
    await using worker = await startWorker(
      [gearmand.port],
      [...args, "debug=0", "min-worker=5", "services=yes"],
    );
    await using core = new Core({ port: gearmand.port, envelope });
    for (let n = 0; n < 50; n++) {
      await core.submitRaw("service", ...floods.map(({ workload }) => workload(n)));
    }
    await expectToServe(core);
    expect(complaints(worker).length).toBeLessThanOrEqual(floods.length);
  });
});

describe.skipIf(!hasServer("gearmand"))("a job of a megabyte", () => {
  it("in wrapped base64 is served like any other", async () => {
    const gearmand = await startGearmand();
    try {
      await using _worker = await startWorker([gearmand.port]);
      await using core = new Core({ port: gearmand.port });
      const text = textOf({ latency: "1".repeat(MEGABYTE), ...serviceJob("large", "/bin/echo large") });
      await core.submitRaw("service", wrapped(Buffer.from(text)));
      const [result] = await core.collected(1);
      expect(result?.fields.get("output")).toBe("large");
    } finally {
      await gearmand.stop();
    }
  });
});

/** All a worker without debug logs beside its start and its connections. */
function complaints(worker: RunningWorker): readonly string[] {
  return worker.log.split("\n").filter((line) => line.includes("[ERROR]") || line.includes("[WARN ]"));
}

/** The most memory it has had at a time. */
function peakMib({ pid }: RunningWorker): number {
  const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
  return Number(kib) / 1024;
}

function goodJob(n: number) {
  return serviceJob(`job ${n}`, "/bin/echo good");
}

function jobWithout(field: string, says: string): Flood {
  const workload = (n: number) => {
    const fields = Object.entries(goodJob(n)).filter(([name]) => name !== field);
    return CLEAR.seal(textOf(Object.fromEntries(fields)));
  };
  return { what: `jobs without ${field}`, times: TIMES, workload, says };
}

function encryptedWith(password: string) {
  return createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(password)) });
}

/** Its first byte sees to it that it never is a text or base64 by chance. */
function junk(length: number): Buffer {
  return Buffer.concat([Buffer.of(0xff), randomBytes(length)]);
}

/** As `base64` of the command line prints it. */
function wrapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("base64").replace(/.{76}/g, "$&\n"));
}

function base64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("base64"));
}

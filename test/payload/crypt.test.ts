import { createCipheriv } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createEnvelope, type Envelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { PayloadError, type PayloadErrorKind } from "../../src/payload/payload-error.ts";
import { plainOf, recordedEvents, recordedPairs, wireOf } from "../support/mod-gearman/recorded.ts";
import { seededRandom } from "../support/random.ts";

const JOB =
  "type=service\nresult_queue=check_results\ntarget_queue=service\nhost_name=web1\nservice_description=Ping\n" +
  "core_time=1700000000.250000\ntimeout=60\ncommand_line=/bin/echo OK";
const JOB_CLEAR =
  "dHlwZT1zZXJ2aWNlCnJlc3VsdF9xdWV1ZT1jaGVja19yZXN1bHRzCnRhcmdldF9xdWV1ZT1zZXJ2aWNlCmhvc3RfbmFtZT13ZWIxCnNlcnZpY2VfZGVzY3JpcHRpb249UGluZwpjb3JlX3RpbWU9MTcwMDAwMDAwMC4yNTAwMDAKdGltZW91dD02MApjb21tYW5kX2xpbmU9L2Jpbi9lY2hvIE9LCgoK";
const JOB_AES =
  "DGbvAD24KcE6T2qzpo/UBeYo8MYam6fSNlD+i7p+Bf2Wbvic6oKlJb4DuElHD9gvg6PZeMtDp4Os55wY4mcVQ2GGf9Y7XJoHX3Q+5Gll2tgjQqIJLQzBLzwkgQem+kAjne2KAvy7Uk47EYJcAMW6oKml/LYzDz5MAGLGdX3gF9YKahZ9hsmzx8g/MdGAUQNTsJtmwf5lDskB1Gb/xwFdj6xep9DYzBlxxCf2NcP5/uc=";

const clear = createEnvelope({ encryption: false });
const encrypted = withPassword("secret-key");
const recorded = withPassword("rig-secret-key-of-more-than-32-bytes-so-it-is-cut");

describe("open, with encryption", () => {
  it("reads the worked example of the C core", () => {
    expect(encrypted.open(Buffer.from(JOB_AES))).toBe(JOB);
    expect(encrypted.open(Buffer.from(JOB_AES.replace(/.{64}/g, "$&\r\n")))).toBe(JOB);
  });

  it("reads every recorded job and both workers' results", () => {
    const jobs = recordedPairs();
    const payloads = [...jobs, ...jobs.flatMap((job) => [...job.result_c, ...job.result_go])];
    const events = recordedEvents().filter((event) => event.queue !== "perfdata");
    expect(payloads.length + events.length).toBe(3 * 147 + 18 + 13);
    for (const payload of [...payloads, ...events]) {
      expect(recorded.open(wireOf(payload))).toBe(plainOf(payload));
    }
  });

  it("does not take perfdata for a job", () => {
    const perfdata = recordedEvents().filter((event) => event.queue === "perfdata");
    for (const payload of perfdata) expect(kindOf(recorded, wireOf(payload))).toBe("wrong-key");
  });
});

describe("open, without encryption", () => {
  it("reads base64, in one line or wrapped", () => {
    expect(clear.open(Buffer.from(JOB_CLEAR))).toBe(JOB);
    expect(clear.open(Buffer.from(`${JOB_CLEAR.replace(/.{76}/g, "$&\n")}\n`))).toBe(JOB);
  });

  it("reads bare text", () => {
    expect(clear.open(Buffer.from(`${JOB}\n\n`))).toBe(JOB);
  });

  it("keeps every byte", () => {
    const text = "host_name=\xe4\xff\x80\x00\x0b=\xc3\xa4";
    expect(clear.open(Buffer.from(Buffer.from(text, "latin1").toString("base64")))).toBe(text);
  });
});

const UNREADABLE: readonly (readonly [string, Envelope, string, PayloadErrorKind, RegExp])[] = [
  ["nothing", encrypted, "", "empty", /empty/],
  ["blanks", encrypted, " \r\n", "empty", /empty/],
  ["nothing, in clear", clear, "", "empty", /empty/],
  ["junk", encrypted, "\x00\xff!!", "not-base64", /not base64/],
  ["junk, in clear", clear, "\x00\xff!!", "not-base64", /not base64/],
  ["a status query", encrypted, "check!", "not-base64", /not base64/],
  ["a cut payload", encrypted, JOB_AES.slice(0, 100), "wrong-length", /75 bytes.*cut off/],
  ["a wrong key", recorded, JOB_AES, "wrong-key", /wrong key\?.*keyfile=/],
  [
    "clear base64 where encryption is on",
    encrypted,
    JOB_CLEAR,
    "clear-text",
    /encryption off in the core\?.*encryption=no here/,
  ],
  [
    "clear base64 of whole blocks",
    encrypted,
    base64(`${JOB}\n\n\n\n\n\n\n\n\n\n\n`),
    "clear-text",
    /encryption off in the core\?/,
  ],
  ["bare text where encryption is on", encrypted, JOB, "clear-text", /encryption off in the core\?/],
  [
    "an encrypted payload where encryption is off",
    clear,
    JOB_AES,
    "encrypted",
    /encrypted by the core\?.*encryption=yes/,
  ],
  ["base64 of anything else", clear, base64("hello, world"), "foreign", /not sent by mod_gearman\?/],
];

describe("a payload that cannot be read", () => {
  it.each(UNREADABLE)("%s", (_, envelope, workload, kind, message) => {
    const error = errorOf(envelope, Buffer.from(workload, "latin1"));
    expect(error).toBeInstanceOf(PayloadError);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  it("does not show the key or the payload", () => {
    for (const [, envelope, workload] of UNREADABLE) {
      const { message } = errorOf(envelope, Buffer.from(workload, "latin1"));
      expect(message).not.toMatch(/secret-key|web1|hello/);
    }
  });

  it("does not disturb the next payload", () => {
    const envelope = withPassword("secret-key");
    for (const [, , workload] of UNREADABLE) kindOf(envelope, Buffer.from(workload, "latin1"));
    expect(envelope.open(Buffer.from(JOB_AES))).toBe(JOB);
  });

  it("is always a PayloadError, however it was changed", () => {
    const random = seededRandom(1);
    let readable = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const envelope = round % 2 === 0 ? encrypted : clear;
      const workload = spoil(Buffer.from(round % 4 < 2 ? JOB_AES : JOB_CLEAR), random);
      if (kindOf(envelope, workload) === undefined) readable += 1;
    }
    expect(readable).toBeGreaterThan(1_000);
    expect(readable).toBeLessThan(19_000);
  });
});

describe("seal", () => {
  // The C worker adds one NUL to 15 letters, and a whole block of NULs to 16 letters, as we do.
  it.each([
    ["test message", "a7HqhQEE8TQBde9uknpPYQ=="],
    ["123456789abcdef", "uLgRxE2qLExwLvEyB7yAEw=="],
    ["123456789abcdef1", "CueC0iJAZL2J+zhEPgVFVYDKd5Fmk6oJnfJnxuj7f0U="],
  ])("encrypts %s as the core does", (text, sealed) => {
    expect(withPassword("test1234").seal(text).toString()).toBe(sealed);
  });

  it("writes the worked example", () => {
    expect(encrypted.seal(`${JOB}\n\n\n`).toString()).toBe(JOB_AES);
    expect(clear.seal(`${JOB}\n\n\n`).toString()).toBe(JOB_CLEAR);
  });

  it.each([0, 1, 14, 15, 16, 17, 100_000])("is undone by open, with %i letters of output", (length) => {
    const text = `output=${"\xe4".repeat(length)}`;
    expect(encrypted.open(encrypted.seal(text))).toBe(text);
    expect(clear.open(clear.seal(text))).toBe(text);
  });
});

describe("createEnvelope", () => {
  it("refuses encryption without a key", () => {
    expect(() => createEnvelope({ encryption: true })).toThrow("no key");
  });
});

function withPassword(password: string): Envelope {
  return createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(password)) });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function errorOf(envelope: Envelope, workload: Buffer): PayloadError {
  try {
    envelope.open(workload);
  } catch (error) {
    if (error instanceof PayloadError) return error;
    throw error;
  }
  throw new Error("was readable");
}

/** Undefined: the payload could be read. An error that is no PayloadError fails the test. */
function kindOf(envelope: Envelope, workload: Buffer): PayloadErrorKind | undefined {
  try {
    envelope.open(workload);
    return undefined;
  } catch (error) {
    if (error instanceof PayloadError) return error.kind;
    throw error;
  }
}

/** Cuts a workload, flips bits, inserts noise, or replaces all of it. */
function spoil(workload: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * workload.length);
  const kind = Math.floor(random() * 4);
  if (kind === 0) return workload.subarray(0, at);
  if (kind === 1) {
    workload[at] = (workload[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return workload;
  }
  const noise = Buffer.from(Array.from({ length: at }, () => Math.floor(random() * 256)));
  return kind === 2 ? Buffer.concat([workload.subarray(0, at), noise]) : noise;
}

describe("a result of Sakuli 1, which Java has padded", () => {
  const KEY = Buffer.alloc(32);
  KEY.write("sakuli_secret");
  const { open } = createEnvelope({ encryption: true, key: KEY });
  const HEAD =
    "type=passive\nhost_name=h\nstart_time=34500.000\nreturn_code=0\nservice_description=s\noutput=";

  /** As Java's AES/ECB/PKCS5Padding: OpenSSL's own padding is the same for blocks of 16 bytes. */
  const seal = (text: string) => {
    const cipher = createCipheriv("aes-256-ecb", KEY, null);
    return Buffer.from(Buffer.concat([cipher.update(text, "latin1"), cipher.final()]).toString("base64"));
  };

  it("is opened without the padding, of each of its lengths", () => {
    for (let length = 0; length < 16; length += 1) {
      const text = `${HEAD}${"x".repeat(length)}|suite_s=1s;;;; [check_sakuli]`;
      expect(open(seal(text))).toBe(text);
    }
  });

  it("with ten line feeds at its end is the same whether they are taken as padding or not", () => {
    for (let length = 0; length < 16; length += 1) {
      const text = `${HEAD}${"x".repeat(length)}`;
      expect(open(seal(`${text}${"\n".repeat(10)}`))).toBe(text);
    }
  });

  it("in clear text is opened as it is", () => {
    const text = `${HEAD}x|suite_s=1s;;;; [check_sakuli]`;
    expect(
      createEnvelope({ encryption: false }).open(Buffer.from(Buffer.from(text).toString("base64"))),
    ).toBe(text);
  });
});

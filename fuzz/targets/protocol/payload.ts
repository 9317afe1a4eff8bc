import { createEnvelope } from "../../../src/payload/crypt.ts";
import { keyFromPassword } from "../../../src/payload/key.ts";
import { readLines } from "../../../src/payload/lines.ts";
import { PayloadError } from "../../../src/payload/payload-error.ts";
import type { Random } from "../../engine/random.ts";
import { insist, type PureTarget, text } from "../../engine/target.ts";
import { readFixture } from "../samples.ts";

interface Recorded {
  readonly payload: string;
  readonly plain: string;
}

/** Of Naemon with mod_gearman. */
export function readRecordedJobs(): readonly Recorded[] {
  const all = JSON.parse(readFixture("mod-gearman/pairs-enc.json")) as readonly Recorded[];
  return all.filter((_, at) => at % 10 === 0).slice(0, 20);
}

const KEYS = ["test1234", "another key", "the key of last year"].map((each) =>
  keyFromPassword(Buffer.from(each)),
);
const [KEY, ...OTHERS] = KEYS;
/** Of several keys the one counts whose text has the fewest of them. */
const CONTROL = /[\0-\x09\x0b-\x1f\x7f]|\n$/;
/** What may be cut at the end of a text. */
const LIKE_PADDING = /[\0-\x10]$/;
const CLEAR = createEnvelope({ encryption: false });
const SEALED = createEnvelope({ encryption: true, key: KEY });
const RING = createEnvelope({ encryption: true, key: KEY, accepted: OTHERS });
const ENVELOPES = [CLEAR, SEALED, RING];

const OPENED: PureTarget = {
  name: "payload",
  kind: "pure",
  mayThrow: [PayloadError],
  samples: () =>
    readRecordedJobs().flatMap(({ plain }, at) => [
      Buffer.concat([Buffer.of(at % 3), (ENVELOPES[at % 3] ?? CLEAR).seal(plain)]),
      Buffer.from(`\0${plain}`, "latin1"),
    ]),
  tokens: ["=", "==", "A", "\n", "\0", "AAAA", "type=", "\r\n", "-", "_"],
  make: makePayload,
  read: (bytes) => {
    const envelope = ENVELOPES[(bytes[0] ?? 0) % ENVELOPES.length] ?? CLEAR;
    const workload = bytes.subarray(1);
    const { text: opened, seal } = envelope.openToAnswer(workload);
    insist(opened.length <= workload.length, "the text is longer than the payload");
    if (!LIKE_PADDING.test(opened))
      insist(envelope.open(seal(opened)) === opened, "what is sealed again does not open to the same");
    return [...readLines(opened).keys()].slice(0, 3);
  },
};

/** A payload of some block lengths with the right key, or with another one, sometimes cut. */
function makePayload(random: Random): Buffer {
  const length = random.below(100);
  const body = Buffer.from(
    Array.from({ length }, () => random.below(random.once(2) ? 256 : 4) + (random.once(2) ? 0 : 8)),
  );
  const plain = `type=${body.toString("latin1")}`;
  const sealed = random.pick(ENVELOPES).seal(random.once(2) ? plain : body.toString("latin1"));
  return Buffer.concat([
    Buffer.of(random.below(3)),
    random.once(4) ? sealed.subarray(0, random.below(sealed.length + 1)) : sealed,
  ]);
}

/** What is sealed is opened to the same text, but for the padding at its end. */
const ROUND_TRIP: PureTarget = text("payload-round-trip", {
  samples: () => readRecordedJobs().map(({ plain }) => plain),
  tokens: ["\n", "\0", "\x01", "\x10".repeat(16), "=", "type="],
  read: (given) => {
    const plain = `a${given.replace(/^[^a-z_=]*/, "")}`.replace(/^[a-z_]*/, "a=");
    const opened = ENVELOPES.map((envelope) => {
      try {
        return envelope.open(envelope.seal(plain));
      } catch (error) {
        if (error instanceof PayloadError) return error.kind;
        throw error;
      }
    });
    if (!CONTROL.test(plain))
      insist(
        opened.every((each) => each === plain),
        "what was sealed does not open to the same",
      );
    return opened;
  },
});

/** What a payload of mod_gearman is opened to. */
export const PAYLOADS: readonly PureTarget[] = [OPENED, ROUND_TRIP];

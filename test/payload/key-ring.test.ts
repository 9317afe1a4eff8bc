import { describe, expect, it } from "vitest";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { seededRandom } from "../support/random.ts";

const key = (password: string) => keyFromPassword(Buffer.from(password));
const OLD = key("the old key of the site");
const NEW = key("the new key of the site");
const OTHER = key("a key of somebody else");
const only = (one: Buffer) => createEnvelope({ encryption: true, key: one });
const JOB = "type=service\nhost_name=web1\nservice_description=Ping\ncommand_line=/bin/echo OK";

describe("several keys", () => {
  it.each([
    ["the first", OLD],
    ["an accepted one", NEW],
  ])("open what was sealed with %s, and seal the answer with the same", (_, used) => {
    const envelope = createEnvelope({ encryption: true, key: OLD, accepted: [OTHER, NEW] });
    const { text, seal } = envelope.openToAnswer(only(used).seal(JOB));
    expect(text).toBe(JOB);
    expect(only(used).open(seal("type=active"))).toBe("type=active");
  });

  it("seal with the first what answers nothing, whichever has opened last", () => {
    const envelope = createEnvelope({ encryption: true, key: OLD, accepted: [NEW] });
    envelope.open(only(NEW).seal(JOB));
    expect(only(OLD).open(envelope.seal("type=passive"))).toBe("type=passive");
  });

  it("refuse what was sealed with none of them", () => {
    const envelope = createEnvelope({ encryption: true, key: OLD, accepted: [NEW] });
    expect(() => envelope.open(only(OTHER).seal(JOB))).toThrow(/wrong key\?.*accepted_keyfile=/);
  });

  it("never take the text that a wrong key makes for the right one", () => {
    const envelope = createEnvelope({ encryption: true, key: OLD, accepted: [NEW, OTHER] });
    const random = seededRandom(7);
    let lookedRight = 0;
    for (let i = 0; i < 20_000; i++) {
      const used = i % 2 === 0 ? OLD : NEW;
      const text = `${JOB} ${Math.floor(random() * 1e9)}`;
      // Random letters in the first block make it another one each time.
      const workload = only(used).seal(`type=${Math.floor(random() * 1e9).toString(36)}\n${text}`);
      if (opensWith(used === OLD ? NEW : OLD, workload)) lookedRight += 1;
      expect(envelope.open(workload)).toContain(text);
    }
    expect(lookedRight).toBeGreaterThan(0);
  });

  it("open a text that has control characters itself", () => {
    const text = `${JOB}\nplugin_output=\x01\x1b[31m\x07`;
    const envelope = createEnvelope({ encryption: true, key: OLD, accepted: [NEW] });
    expect(envelope.open(only(NEW).seal(text))).toBe(text);
  });
});

const single = new Map([OLD, NEW].map((one) => [one, only(one)] as const));

/** Whether the wrong key alone would have taken it for a text. */
function opensWith(wrong: Buffer, workload: Buffer): boolean {
  try {
    single.get(wrong)?.open(workload);
    return true;
  } catch {
    return false;
  }
}

import { describe, expect, it, vi } from "vitest";
import { Gathering, packLines, unpackLines } from "../../../../integrations/influxdb/delivery/batch.ts";
import { Ticket } from "../../../../integrations/influxdb/delivery/ticket.ts";
import { checkLeaks } from "../../../support/leaks.ts";

checkLeaks();

const LIMITS = { lines: 4, bytes: 1_000_000, ageMs: 60_000 };
const LONG = `${"0123456789abcdef".repeat(3000)}\n`;

describe("a gathering", () => {
  it.each([
    { says: "short texts", texts: ["a\n", "b\n", "c\n", "d\n"] },
    { says: "texts that need more room again and again", texts: ["a\n", LONG, `${LONG}x`, LONG] },
    { says: "a first text that is longer than the room", texts: [LONG.repeat(3), "", "b\n", "c\n"] },
    { says: "all bytes that there are", texts: ["\0\x01 \x7f\n", "\x80\xa0\n", "\xc3\xbc\n", "\xff\n"] },
  ])("gives on $says as bytes, one behind the other, batch after batch", ({ texts }) => {
    const given: Buffer[] = [];
    const gathering = new Gathering(LIMITS, (bytes) => given.push(bytes));
    for (const text of [...texts, ...texts.toReversed()]) gathering.add(text, 1, ticket());
    const wanted = [texts, texts.toReversed()].map((some) => Buffer.from(some.join(""), "latin1"));
    // Not `toEqual`: it would show a difference of 100,000 bytes.
    expect(given.map((bytes, at) => wanted[at]?.equals(bytes))).toEqual([true, true]);
  });

  it("gives on what it has when it has enough bytes", () => {
    const given = vi.fn();
    const gathering = new Gathering({ ...LIMITS, bytes: LONG.length + 2 }, given);
    gathering.add(LONG, 1, ticket());
    expect(given).not.toHaveBeenCalled();
    gathering.add("a\n", 1, ticket());
    expect(given).toHaveBeenCalledOnce();
  });

  it("holds a ticket once for each batch that has something of it", () => {
    const complete = vi.fn();
    const job = new Ticket({ complete }, 0, () => {});
    const batches: (readonly Ticket[])[] = [];
    const gathering = new Gathering(LIMITS, (_bytes, _lines, tickets) => batches.push(tickets));
    for (let line = 0; line < 6; line += 1) gathering.add("a\n", 1, job);
    gathering.flush();
    job.release();
    expect(batches).toEqual([[job], [job]]);
    for (const each of batches.flat()) {
      expect(complete).not.toHaveBeenCalled();
      each.release();
    }
    expect(complete).toHaveBeenCalledOnce();
  });
});

it.each([
  { says: "are UTF-8 stay", bytes: "\xc3\xbc=1\nb\n", lines: ["ü=1", "b"] },
  { says: "are none are Latin-1, line by line", bytes: "\xfc=1\n\xc3\xbc=2\n", lines: ["ü=1", "ü=2"] },
])("bytes of lines that $says", async ({ bytes, lines }) => {
  expect(await unpackLines(await packLines(Buffer.from(bytes, "latin1")))).toEqual(lines);
});

function ticket(): Ticket {
  return new Ticket({ complete: () => {} }, 0, () => {});
}

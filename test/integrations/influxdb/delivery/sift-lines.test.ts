import { describe, expect, it } from "vitest";
import type { Reply } from "../../../../integrations/influxdb/delivery/reply.ts";
import { siftLines } from "../../../../integrations/influxdb/delivery/sift-lines.ts";

type Rejection = Reply & { readonly kind: "rejected" };

const UNNAMED: Rejection = { kind: "rejected", message: "400 field type conflict", named: [] };

/** A database that refuses lines with `bad` in them, and names those with `named`. */
function database() {
  const stored = new Set<string>();
  let requests = 0;
  return {
    stored,
    requests: () => requests,
    async post(body: Buffer): Promise<Reply> {
      requests += 1;
      const lines = body.toString("utf8").split("\n").slice(0, -1);
      const named = lines.filter((line) => line.includes("named"));
      if (named.length > 0)
        return { ...UNNAMED, named: named.map((line) => ({ line, reason: "invalid number" })) };
      if (lines.some((line) => line.includes("bad"))) return UNNAMED;
      for (const line of lines) stored.add(line);
      return { kind: "written" };
    },
  };
}

const good = (count: number) => Array.from({ length: count }, (_, at) => `good ${at}`);

describe("a batch with bad lines", () => {
  it.each([0, 1, 499, 999])("is written without the one at %i", async (at) => {
    const lines = good(999).toSpliced(at, 0, "bad");
    const { stored, requests, post } = database();
    const sifted = await siftLines(lines, UNNAMED, post);
    expect(sifted).toEqual({ refusals: [{ line: "bad", reason: UNNAMED.message }] });
    expect(stored.size).toBe(999);
    expect(requests()).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(1000)));
  });

  it("is written at once without lines that the database names", async () => {
    const lines = [...good(10), "named one", "named two"];
    const { stored, requests, post } = database();
    const named = [
      { line: "named one", reason: "no" },
      { line: 12, reason: "neither" },
    ];
    const { refusals } = await siftLines(lines, { ...UNNAMED, named }, post);
    expect(refusals).toEqual([
      { line: "named one", reason: "no" },
      { line: "named two", reason: "neither" },
    ]);
    expect([stored.size, requests()]).toEqual([10, 1]);
  });

  it("with both kinds loses neither", async () => {
    const lines = [...good(100), "bad 1", "named", ...good(100).map((line) => `${line}!`), "bad 2"];
    const { stored, post } = database();
    const { refusals } = await siftLines(lines, UNNAMED, post);
    expect(refusals.map(({ line }) => line).sort()).toEqual(["bad 1", "bad 2", "named"]);
    expect(stored.size).toBe(200);
  });

  it("ends, even if all are bad", async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `bad ${at}`);
    const { requests, post } = database();
    const { refusals } = await siftLines(lines, UNNAMED, post);
    expect(new Set(refusals.map(({ line }) => line)).size).toBe(5000);
    expect(requests()).toBeLessThan(130);
  });

  it("ends, even if the database names what it was not given", async () => {
    const named = [{ line: "another", reason: "no" }];
    const post = async (): Promise<Reply> => ({ ...UNNAMED, named });
    const { refusals } = await siftLines(good(4), { ...UNNAMED, named }, post);
    expect(refusals).toHaveLength(4);
  });

  it("is written again as a whole if the database goes away", async () => {
    const away: Reply = { kind: "unavailable", message: "gone" };
    expect(await siftLines(good(4), UNNAMED, async () => away)).toEqual({ refusals: [], trouble: away });
  });

  it("is halved if it is too large", async () => {
    const sizes: number[] = [];
    const post = async (body: Buffer): Promise<Reply> => {
      const lines = body.toString("utf8").split("\n").length - 1;
      sizes.push(lines);
      return lines > 1 ? { kind: "too-large", message: "413" } : { kind: "written" };
    };
    expect(await siftLines(good(4), { kind: "too-large", message: "413" }, post)).toEqual({ refusals: [] });
    expect(sizes).toEqual([2, 1, 1, 2, 1, 1]);
  });
});

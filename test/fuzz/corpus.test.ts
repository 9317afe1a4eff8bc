import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCorpus, writeCorpus } from "../../fuzz/engine/corpus.ts";
import { Inputs } from "../../fuzz/engine/inputs.ts";
import { text } from "../../fuzz/engine/target.ts";
import { createFolder } from "../support/folder.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Chooses from addresses, which one function reads. In a process of its own, as V8 counts blocks only of code
 * that is loaded afterwards.
 */
const CHOOSE = `
  import { Coverage } from "./fuzz/engine/coverage.ts";
  using coverage = new Coverage();
  const { chooseKept } = await import("./fuzz/engine/keep.ts");
  const { text } = await import("./fuzz/engine/target.ts");
  const { readServerAddress } = await import("./src/gearman/server-address.ts");
  const target = text("address", { samples: () => ["host:80"], read: readServerAddress });
  const candidates = process.argv.slice(1).map((each) => Buffer.from(each));
  const kept = await chooseKept(target, { coverage, candidates, untilMs: performance.now() + 10_000 });
  console.log(JSON.stringify(kept.map(String)));
`;

function choose(...candidates: readonly string[]): readonly string[] {
  const argv = ["--input-type=module", "--eval", CHOOSE, "--", ...candidates];
  return JSON.parse(execFileSync(process.execPath, argv, { cwd: ROOT, encoding: "utf8" }));
}

describe("of candidates", () => {
  it("those are kept that reach other code than the samples, and made short", () => {
    expect(choose("other:81", "tls://gearmand.example:4730", "web.example:80")).toEqual(["tls://a"]);
  });

  it("the shorter one is kept of two that reach the same", () => {
    expect(choose("[fe80::1]:4730", "[::1]:80")).toHaveLength(1);
  });

  it("none is kept that is very long", () => {
    expect(choose(`tls://${"x".repeat(3_000)}`)).toEqual([]);
  });
});

describe("a corpus", () => {
  it("is written in an order of its own, each input once, and read as it was", () => {
    using folder = createFolder();
    const inputs = ["b", "\0\xff", "a", "b"].map((each) => Buffer.from(each, "latin1"));
    writeCorpus("any", inputs, folder.path);
    expect(readFileSync(join(folder.path, "any.txt"), "latin1")).toBe("AP8=\nYQ==\nYg==\n");
    expect(readCorpus("any", folder.path).map((each) => each.toString("latin1"))).toEqual([
      "\0\xff",
      "a",
      "b",
    ]);
  });

  it("has no file where nothing was kept", () => {
    using folder = createFolder();
    writeCorpus("none", [Buffer.from("a")], folder.path);
    writeCorpus("none", [], folder.path);
    expect(readdirSync(folder.path)).toEqual([]);
    expect(readCorpus("none", folder.path)).toEqual([]);
  });

  it("comes after the samples and before what is made of both", () => {
    const target = text("any", { samples: () => ["sample"], read: () => undefined });
    const inputs = new Inputs(target, { seed: 1n, corpus: [Buffer.from("kept")] });
    expect([inputs.next(), inputs.next()].map(String)).toEqual(["sample", "kept"]);
    expect(inputs.added).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { describeOldNode } from "../../src/cli/node-version.ts";

const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
const NEEDED = Number(engines.node.replace(">=", ""));

it("a Node.js older than package.json asks for is named, with its path", () => {
  expect(describeOldNode({ version: `v${NEEDED - 1}.9.9`, path: "/usr/bin/node" })).toBe(
    `omd-worker needs Node.js ${NEEDED} or newer, /usr/bin/node is v${NEEDED - 1}.9.9`,
  );
});

it.each([`v${NEEDED}.0.0`, `v${NEEDED + 10}.0.0`, process.version])("%s is new enough", (version) => {
  expect(describeOldNode({ version, path: "/usr/bin/node" })).toBeUndefined();
});

it.each(["omd-worker", "mod_gearman_worker"])("%s asks before it links the worker", (program) => {
  const source = readFileSync(`src/cli/${program}.ts`, "utf8");
  expect(source).not.toMatch(/^import .*main\.ts/m);
  expect(source.indexOf("refuseOldNode();")).toBeLessThan(source.indexOf('import("./main.ts")'));
});

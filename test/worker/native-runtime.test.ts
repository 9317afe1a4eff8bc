import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NATIVE_HTTP_KEEPALIVE } from "../../plugins/http/settings.ts";
import { type Check, defineCheck, type SharedContext } from "../../sdk/index.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { loadConfig } from "../../src/index.ts";
import { NativeRuntime } from "../../src/worker/native-runtime.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

checkLeaks();

function readConfig(...options: readonly string[]) {
  const loaded = loadConfig(["server=127.0.0.1:4730", "encryption=no", ...options], {
    ...thisMachine(),
    env: {},
  });
  if (loaded.wants !== "run") throw new Error("no run");
  return loaded.config;
}

const define = (name: string, prepare: () => Promise<void>): Check =>
  defineCheck({ name, summary: "", options: {}, prepare, run: () => ({ returnCode: 0, output: "" }) });

describe("preparation", () => {
  let prepared: string[];
  let log: ReturnType<typeof stubLog>;
  let native: NativeRuntime;
  const start = (...checks: readonly Check[]) => {
    native = new NativeRuntime({ checks, log });
  };
  const record = (name: string) => define(name, async () => void prepared.push(name));
  beforeEach(() => {
    vi.stubEnv("LC_ALL", "C");
    prepared = [];
    log = stubLog();
    start(record("check_a"), record("check_b"));
  });
  afterEach(async () => {
    await native.stop();
    vi.unstubAllEnvs();
  });

  it("of the worker's own checks waits until they are asked", async () => {
    await native.configure(readConfig());
    expect(prepared).toEqual([]);
    await Promise.all(native.shelf.checks.map(native.preparations.of));
    expect(prepared).toEqual(["check_a", "check_b"]);
  });

  describe("of a site's own check", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "native-side-"));
      writeFileSync(join(folder, "prepared"), "");
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const preparedOfSite = () => readFileSync(join(folder, "prepared"), "utf8").split("\n").slice(0, -1);
    const write = (name: string, word: string) => {
      const prepare = `async () => appendFileSync("${folder}/prepared", "${word}\\n")`;
      const check = `{ name: "${name}", summary: "", understand() {}, prepare: ${prepare} }`;
      const imports = 'import { appendFileSync } from "node:fs";';
      writeFileSync(join(folder, ".new"), `${imports}\nexport const check = ${check};`);
      renameSync(join(folder, ".new"), join(folder, `${name}.mjs`));
    };

    it.each<readonly [string, readonly string[], readonly string[]]>([
      ["is done in the shadow mode, too", ["native_checks=shadow"], ["a"]],
      ["is not done where checks are off", ["native_checks=off"], []],
      ["is not done where it is switched off", ["native_checks_except=check_a"], []],
    ])("%s", async (_, options, words) => {
      write("check_a", "a");
      await native.configure(readConfig(`plugin_path=${folder}`, ...options));
      expect(preparedOfSite()).toEqual(words);
    });

    it("is done once, also of one that is switched on later", async () => {
      write("check_a", "a");
      const path = `plugin_path=${folder}`;
      await native.configure(readConfig(path, "native_checks_only=check_b"));
      await native.configure(readConfig(path));
      await native.configure(readConfig(path));
      expect(preparedOfSite()).toEqual(["a"]);
    });

    it("is done when its file is picked up, and exchanged", async () => {
      write("check_a", "the site's a");
      await native.configure(readConfig(`plugin_path=${folder}`));
      expect(preparedOfSite()).toEqual(["the site's a"]);
      write("check_a", "another a");
      write("check_c", "c");
      await vi.waitFor(() => expect(preparedOfSite()).toHaveLength(3), { timeout: 30_000 });
      expect(preparedOfSite().slice(1).toSorted()).toEqual(["another a", "c"]);
    });
  });
});

it("gives what is shared the settings of the configuration that holds", async () => {
  const read = {
    name: "connections",
    create: ({ setting }: SharedContext) => ({
      isKept: () => setting(NATIVE_HTTP_KEEPALIVE),
      [Symbol.dispose]() {},
    }),
  };
  const native = new NativeRuntime({ checks: [], log: stubLog() });
  const { isKept } = native.shared.get(read);
  const seen = [];
  for (const word of ["off", "on", "off"]) {
    await native.configure(readConfig(`native_http_keepalive=${word}`));
    seen.push(isKept());
  }
  await native.stop();
  expect(seen).toEqual([false, true, false]);
});

it("names what checks share, in the order of its creation", async () => {
  const native = new NativeRuntime({ checks: [], log: stubLog() });
  const share = (name: string) => native.shared.get({ name, create: () => ({ [Symbol.dispose]() {} }) });
  for (const name of ["sockets", "sessions"]) share(name);
  expect(native.shared.names).toEqual(["sockets", "sessions"]);
  await native.stop();
  expect(native.shared.names).toEqual([]);
});

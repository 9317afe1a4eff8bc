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

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ["of all checks", [], ["check_a", "check_b"]],
    ["of none where they are off", ["native_checks=off"], []],
    ["in the shadow mode, too", ["native_checks=shadow"], ["check_a", "check_b"]],
    ["of those that are switched on", ["native_checks_only=check_b"], ["check_b"]],
    ["of none that is switched off", ["native_checks_except=check_b"], ["check_a"]],
  ])("is done %s", async (_, options, names) => {
    await native.configure(readConfig(...options));
    expect(prepared).toEqual(names);
  });

  it("is done once, of a check that is switched on later, too", async () => {
    await native.configure(readConfig("native_checks_only=check_b"));
    await native.configure(readConfig());
    await native.configure(readConfig());
    expect(prepared).toEqual(["check_b", "check_a"]);
  });

  it("is over when the configuration is taken over", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    start(define("check_slow", () => promise));
    const isReady = vi.fn();
    const configured = native.configure(readConfig()).then(isReady);
    await new Promise((done) => setImmediate(done));
    expect(isReady).not.toHaveBeenCalled();
    resolve();
    await configured;
    expect(isReady).toHaveBeenCalled();
  });

  it("that fails is a warning, and keeps no other check from it", async () => {
    const error = new Error("no such package");
    const throwsAtOnce = () => {
      throw error;
    };
    start(
      define("check_bad", () => Promise.reject(error)),
      define("check_worse", throwsAtOnce),
      record("check_good"),
    );
    await native.configure(readConfig());
    expect(prepared).toEqual(["check_good"]);
    const warnings = log.warn.mock.calls.toSorted(([, one], [, other]) => (one < other ? -1 : 1));
    expect(warnings).toEqual([
      [{ err: error }, "check_bad is not prepared, its first run may be slow"],
      [{ err: error }, "check_worse is not prepared, its first run may be slow"],
    ]);
  });

  it("that never ends is given up", async () => {
    vi.useFakeTimers();
    try {
      start(define("check_slow", () => new Promise(() => {})));
      const configured = native.configure(readConfig());
      await vi.advanceTimersByTimeAsync(10_000);
      await configured;
      expect(log.warn).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
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

    it("is done when its file is picked up, and exchanged", async () => {
      write("check_a", "the site's a");
      await native.configure(readConfig(`plugin_path=${folder}`));
      expect(prepared).toEqual(["check_b"]);
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

import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ShadowFile } from "../../../src/worker/reports/shadow-file.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

checkLeaks();

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shadow-"));
  path = join(folder, "shadow.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REPORT = { share: 10, since: undefined, checks: {} };

it("writes the report now and then, for nobody else to read, and a last time at the end", async () => {
  let { share } = REPORT;
  const log = stubLog();
  const file = new ShadowFile({ read: () => ({ ...REPORT, share }), log, everyMs: 1 });
  file.configure(path);
  const read = () => JSON.parse(readFileSync(path, "utf8"));
  await vi.waitFor(() => expect(read()).toMatchObject({ share: 10, checks: {} }));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  share = 20;
  await file.stop();
  expect(read()).toMatchObject({ share: 20, written: expect.stringMatching(/^\d{4}-/) });
  expect(readdirSync(folder)).toEqual(["shadow.json"]);
  expect(log.error).not.toHaveBeenCalled();
});

it("follows no link that others put where it writes", async () => {
  writeFileSync(join(folder, "victim"), "precious");
  symlinkSync(join(folder, "victim"), `${path}.new`);
  const file = new ShadowFile({ read: () => REPORT, log: stubLog() });
  file.configure(path);
  await file.stop();
  expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
  expect(lstatSync(path).isSymbolicLink()).toBe(false);
});

it("writes nothing without a file", async () => {
  const file = new ShadowFile({ read: () => REPORT, log: stubLog(), everyMs: 1 });
  file.configure(path);
  file.configure(undefined);
  await file.stop();
  expect(readdirSync(folder)).toEqual([]);
});

it("tells why it cannot write, and harms nobody", async () => {
  const log = stubLog();
  const file = new ShadowFile({ read: () => REPORT, log });
  file.configure(join(folder, "missing", "shadow.json"));
  await file.stop();
  expect(log.error).toHaveBeenCalledExactlyOnceWith({ err: expect.any(Error) }, "cannot write shadow_file");
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PERFDATA_TABLE, type PerfdataConfig } from "../../../integrations/influxdb/options/table.ts";
import { PERFDATA_METRICS } from "../../../integrations/influxdb/render-metrics.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { thisMachine } from "../../../src/config/machine.ts";
import { ConfigError } from "../../../src/config/problem.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "perfdata-"));
  writeFileSync(join(folder, "password"), "pass word\n");
  writeFileSync(join(folder, "token"), "abc==\n");
  writeFileSync(join(folder, "empty"), "\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const BASE = ["server=localhost", "encryption=no"];

function load(words: readonly string[], env: Readonly<Record<string, string>> = {}): PerfdataConfig {
  const loaded = loadConfig(PERFDATA_TABLE, words, { ...thisMachine(), env, cwd: folder });
  if (loaded.wants !== "run") throw new Error("it asks for help");
  return loaded.config;
}

function problemsOf(...words: readonly string[]): string {
  try {
    load([...BASE, ...words]);
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("a target", () => {
  it.each([
    ["http://db:8086 database=nagflux", "http://db:8086/write?db=nagflux&precision=ms", undefined],
    [
      "http://db:8086/ database=a%20b retention=y",
      "http://db:8086/write?db=a%2520b&rp=y&precision=ms",
      undefined,
    ],
    [
      "http://db/proxy/ database=x user=u password_file=password",
      "http://db/proxy/write?db=x&precision=ms",
      "Basic dTpwYXNzIHdvcmQ=",
    ],
    [
      "http://db api=v2 org=o bucket=b token_file=token",
      "http://db/api/v2/write?org=o&bucket=b&precision=ms",
      "Token abc==",
    ],
    [
      "http://db api=v3 database=x token_file=token",
      "http://db/api/v3/write_lp?db=x&precision=millisecond",
      "Bearer abc==",
    ],
    ["http://db:8428 api=victoriametrics", "http://db:8428/write?precision=ms", undefined],
  ])("%s", (words, url, authorization) => {
    const [target] = load([...BASE, `target=main ${words}`]).target;
    expect(target?.url.href).toBe(url);
    expect(target?.authorization?.reveal().toString()).toBe(authorization);
    expect(JSON.stringify(target)).not.toMatch(/pass word|abc==|dTpw/);
  });

  it.each([
    [["target=main"], "'' is no URL of a database"],
    [["target=ma/in http://db database=x"], "is no name of letters and digits"],
    [["target=main ftp://db database=x"], "is no URL of a database"],
    [
      ["target=main http://u:secretword@db database=x"],
      "there is a login in the URL (write user=NAME password_file=FILE)",
    ],
    [["target=main http://db?db=x"], "the URL has more than a path"],
    [["target=main http://db"], "main needs database="],
    [["target=main http://db api=v2 bucket=b"], "main needs token_file="],
    [
      ["target=main http://db api=v4 database=x"],
      "'v4' is no api (api is one of v1, v2, v3, victoriametrics)",
    ],
    [["target=main http://db database=x password=secretword"], "password= would be seen by others"],
    [["target=main http://db database=x tokn_file=x"], "is unknown (there are api, database"],
    [["target=main http://db database=x user=u"], "main needs password_file="],
    [["target=main http://db database=x token_file=missing"], "could not open token_file: missing"],
    [
      ["target=main http://db database=x token_file=empty"],
      "token_file empty has no token in its first line",
    ],
    [["target=a http://db database=x", "target=a http://db database=y"], "there are two called a"],
    [[], "there is nowhere to write to (target=main"],
    [["target=a http://db database=x", "after_backslash=\\"], "after_backslash has to be something"],
    [["target=a http://db database=x", "stage_tag=my prod"], "stage_tag has a blank"],
    [["target=a http://db database=x", "encryption=yes"], "no encryption key provided"],
    [["target=a http://db database=x", "livestatus=live"], "livestatus: 'live' is no address of livestatus"],
  ])("is refused: %j", (words, message) => {
    const problems = problemsOf(...words);
    expect(problems).toContain(message);
    expect(problems).not.toContain("secretword");
  });
});

it.each([
  ["/omd/sites/prod/tmp/run/live", { path: "/omd/sites/prod/tmp/run/live" }],
  ["core:6557", { host: "core", port: 6557 }],
])("annotations are read from %s, and written to databases that have texts", (place, address) => {
  const targets = ["api=v1 database=x", "api=v3 database=x token_file=token", "api=victoriametrics"];
  const words = targets.map((each, at) => `target=t${at} http://db ${each}`);
  const { livestatus, target } = load([...BASE, ...words, `livestatus=${place}`]);
  expect(livestatus).toEqual(address);
  expect(target.map(({ hasTexts }) => hasTexts)).toEqual([true, true, false]);
});

it("the environment has targets, one a line, and files are read as ever", () => {
  const config = load([], {
    OMD_WORKER_SERVER: "gearmand",
    OMD_WORKER_ENCRYPTION: "no",
    OMD_WORKER_TARGET: "a http://a database=x\nb http://b database=y",
    OMD_WORKER_BATCH_AGE: "50",
  });
  expect(config.target.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(config.batchAge).toBe(50);
});

it("the sample can be used as it is", () => {
  const sample = readFileSync("docs/perfdata.conf.sample", "utf8").replace(
    /^keyfile=.*$/m,
    "keyfile=password",
  );
  writeFileSync(join(folder, "perfdata.conf"), sample);
  expect(load([`config=${join(folder, "perfdata.conf")}`])).toMatchObject({
    spool: "/var/spool/omd-perfdata",
  });
});

it("docs/influxdb.md has every metric as the program tells it", () => {
  const text = readFileSync("docs/influxdb.md", "utf8");
  const rows = PERFDATA_METRICS.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  expect(rows.filter((row) => !text.includes(row))).toEqual([]);
});

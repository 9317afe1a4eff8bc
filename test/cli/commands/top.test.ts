import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { Actors, untilStatus } from "../../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../../support/gearman/gearmand.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { run } from "../io.ts";

const HEAD = " Queue Name   | Worker Available | Jobs Waiting | Jobs Running\n";
const RULE = `${"-".repeat(63)}\n`;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}- {2}/gm;

describe.skipIf(!hasServer("gearmand"))("gearman_top -b on a gearmand", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  beforeEach(async () => {
    gearmand = await startGearmand();
    const server = { host: "127.0.0.1", port: gearmand.port };
    actors.worker(server, ["service"], { room: () => 0 });
    await untilStatus(server, "service", { workers: 1 });
    await (await actors.client(server)).submit({ queue: "service", unique: "", workload: Buffer.from("x") });
  });
  afterEach(async () => {
    await actors.stop();
    await gearmand.stop();
  });
  const table = () =>
    `127.0.0.1:${gearmand.port}  -  vVERSION\n\n${HEAD}${RULE} service      |               1  |           1  |           0 \n${RULE}`;
  const said = (text: string) => text.replace(TIME, "").replace(/v\d\S*/g, "vVERSION");

  it.each<[string, (host: string) => readonly string[], (port: number) => Record<string, string>]>([
    ["-H", (host) => ["-b", "-H", host], () => ({})],
    ["-s and -q in one word with -b", (host) => ["-bq", `-s${host}`], () => ({})],
    ["the environment, as for C", () => ["-b"], (port) => ({ CONFIG_GEARMAND_PORT: `127.0.0.1:${port}` })],
  ])("shows a server: %s", async (_, argv, env) => {
    const { code, stdout } = await run("top", argv(`127.0.0.1:${gearmand.port}`), env(gearmand.port));
    expect(code).toBe(0);
    expect(said(stdout)).toBe(table());
  });

  it("shows several servers, and says which one does not answer", async () => {
    const away = await freePort();
    const { code, stdout } = await run("top", [
      "-b",
      "-H",
      `127.0.0.1:${gearmand.port}`,
      "-H",
      `127.0.0.1:${away}`,
    ]);
    expect(code).toBe(0);
    const reason = `failed to connect to address 127.0.0.1 and port ${away}: Connection refused`;
    expect(said(stdout)).toBe(`${table()}127.0.0.1:${away}  -  vVERSION\n\n ${reason}\n\n`);
  });
});

it.each([
  [["-h"], /^usage: gearman_top [\s\S]*Examples:[\s\S]*Exit code/],
  [["-V"], /^gearman_top: version /],
  [["-z"], /^Error - No such option: `z'\n\nusage: /],
  [["-b", "-H", "a b"], /^Error - 'a b' is no host/],
])("%j ends with 0, as in the C tool", async (argv, stdout) => {
  expect(await run("top", argv)).toEqual({ code: 0, stdout: expect.stringMatching(stdout), stderr: "" });
});

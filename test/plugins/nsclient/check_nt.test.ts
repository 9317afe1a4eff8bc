import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNt } from "../../../plugins/nsclient/check_nt.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { isUnderstood } from "../effects.ts";
import { replay } from "../oracle.ts";
import { agent, RECORDED } from "./agent.ts";

describe("the transcripts", () => {
  const servers = new FakeServers();
  let places: Record<string, string> = {};
  beforeAll(async () => {
    const port = await servers.tcp(agent(RECORDED));
    places = { ...(await startRecordedServers(servers)), 17012: String(port) };
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  it("are answered as recorded", { timeout: 60_000 }, async () => {
    const replayed = await replay(checkNt, { places, atOnce: 16, timeoutMs: 30_000 });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal: 34 }, executed: { badargs: 4, version: 1 } });
  });
});

describe("left to the plugin", () => {
  it.each([
    "",
    "-H h",
    "-H h -v NOTHING",
    "-v UPTIME",
    "-H /a/path -v UPTIME",
    "-H h -v UPTIME -p http",
    "-H h -v UPTIME -t 0",
    "-H h -v UPTIME -t 1",
    "-H h -v UPTIME --bogus",
    `-H h -v CPULOAD -l ${"5,80,90,".repeat(10)}`,
    "-H h -v COUNTER -l '\\a,%s %d'",
    "-H h -v COUNTER -l '\\a,%f and %f'",
    "-H h -v COUNTER -l '\\a,text,unit,0'",
    "-H h -v COUNTER -l ',a'",
  ])("is %s", (line) => {
    expect(isUnderstood(checkNt, line)).toBe(false);
  });
});

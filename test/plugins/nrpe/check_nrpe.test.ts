import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nrpe, startNrpe } from "../../support/servers/nrpe.ts";
import { replay } from "../oracle.ts";

describe.skipIf(!hasServer("nrpe"))("the transcripts", () => {
  const servers = new FakeServers();
  let places: Record<string, string> = {};
  let nrpe: Nrpe | undefined;
  beforeAll(async () => {
    nrpe = await startNrpe();
    places = {
      ...(await startRecordedServers(servers)),
      // It closed without reading what it was sent, which is a reset.
      17006: String(await servers.tcp((socket) => socket.once("data", () => socket.resetAndDestroy()))),
      15666: String(nrpe.port),
      15667: String(nrpe.plainPort),
      15668: String(nrpe.certificatePort),
      "/srv/oracle/nrpe/c.crt": nrpe.files.certificate,
      "/srv/oracle/nrpe/c.key": nrpe.files.key,
      "/srv/oracle/nrpe/ca.crt": nrpe.files.authority,
    };
  });
  afterAll(async () => {
    await servers[Symbol.asyncDispose]();
    await nrpe?.[Symbol.asyncDispose]();
  });

  it("are answered as recorded", { timeout: 120_000 }, async () => {
    const replayed = await replay(checkNrpe, { places });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal: 59 }, executed: { badargs: 4, v2: 1 } });
  });
});

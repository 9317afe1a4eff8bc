import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nrpe, startNrpe } from "../../support/servers/nrpe.ts";
import { nrpePacket, nrpeStandIn } from "../../support/servers/nrpe-stand-in.ts";
import { readTranscripts, replay, type Transcript } from "../oracle.ts";

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
    const transcripts = readTranscripts("check_nrpe").filter(({ file }) => file !== "check_nrpe_snclient");
    const replayed = await replay(checkNrpe, { places }, transcripts);
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal: 58 }, executed: { badargs: 4, v2: 1 } });
  });
});

describe("the transcripts of an SNClient 0.49", () => {
  const transcripts = readTranscripts("check_nrpe").filter(({ file }) => file === "check_nrpe_snclient");
  /** What SNClient has said, by the text of the query. */
  const texts = new Map(
    transcripts.map(({ args, stdout, exit }) => {
      const [command = "_NRPE_CHECK", ...words] = ["-c", "-a"].flatMap((option) => wordBehind(args, option));
      return [[command, ...words].join("!"), { text: stdout.replace(/\n$/, ""), returnCode: exit ?? 0 }];
    }),
  );

  it("are answered as recorded, its texts in packets of a stand-in with a certificate", async () => {
    await using servers = new FakeServers();
    const daemon = nrpeStandIn((socket, { version, text }) => {
      socket.end(nrpePacket({ version, ...(texts.get(text) ?? { text: "not recorded" }) }));
    });
    const certificate = createCertificate({
      commonNames: ["snclient"],
      notAfter: inDays(9),
      algorithm: "rsa",
    });
    // SNClient took what came without TLS for a broken handshake, and closed without reading the rest.
    const resets = await servers.tcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const secure = await servers.tls(certificate, daemon);
    const plain = ({ args }: Transcript) => args.includes("-n");
    const parts = await Promise.all([
      replay(checkNrpe, { places: { 15669: String(resets) } }, transcripts.filter(plain)),
      replay(
        checkNrpe,
        { places: { 15669: String(secure) } },
        transcripts.filter((each) => !plain(each)),
      ),
    ]);
    expect(parts.flatMap(({ differences }) => differences)).toEqual([]);
    expect(parts).toMatchObject([{ counts: { equal: 1 } }, { counts: { equal: 9 }, executed: { v2: 1 } }]);
  });
});

function wordBehind(args: readonly string[], option: string): readonly string[] {
  const at = args.indexOf(option);
  return at < 0 ? [] : args.slice(at + 1, at + 2);
}

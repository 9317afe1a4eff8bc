import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { upgrade } from "../../../plugins/transport/tls.ts";
import { type ContextSettings, TlsContexts } from "../../../plugins/transport/tls-contexts.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";

checkLeaks();

const create = (name: string) => createCertificate({ commonNames: [name], notAfter: inDays(1) });
const [ours, other] = [create("our.example"), create("other.example")];
const SETTINGS: readonly ContextSettings[] = [
  {},
  { minVersion: "TLSv1.2" },
  { maxVersion: "TLSv1.2" },
  { cert: ours.cert, key: ours.key },
  { cert: Buffer.from(other.cert), key: Buffer.from(other.key) },
];

describe("a context", () => {
  it("is made once for the same settings, told apart by what is in the files", () => {
    using contexts = new TlsContexts();
    const made = SETTINGS.map((each) => contexts.get(each));
    expect(new Set(made).size).toBe(SETTINGS.length);
    expect(SETTINGS.map((each) => contexts.get({ ...each }))).toEqual(made);
    expect(contexts.get({ cert: Buffer.from(ours.cert), key: Buffer.from(ours.key) })).toBe(made[3]);
  });

  it("is made anew when sixteen others were in use since", () => {
    using contexts = new TlsContexts();
    const [kept, lost] = [contexts.get({}), contexts.get({ minVersion: "TLSv1.1" })];
    for (let at = 0; at < 15; at += 1) {
      contexts.get({ cert: `${ours.cert}${"\n".repeat(at)}`, key: ours.key });
      expect(contexts.get({})).toBe(kept);
    }
    expect(contexts.get({ minVersion: "TLSv1.1" })).not.toBe(lost);
  });

  it("that cannot be made is tried again each time", () => {
    using contexts = new TlsContexts();
    for (const _ of [1, 2]) expect(() => contexts.get({ cert: "nothing" })).toThrow();
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("that is shared resumes no session: %s", async (version) => {
    using contexts = new TlsContexts();
    await using servers = new FakeServers();
    const port = await servers.tls({ ...ours, minVersion: version, maxVersion: version }, () => {});
    for (const _ of [1, 2, 3]) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      const secure = await upgrade(socket, { contexts, signal: new AbortController().signal });
      expect([secure.getProtocol(), secure.isSessionReused()]).toEqual([version, false]);
      secure.destroy();
    }
  });
});

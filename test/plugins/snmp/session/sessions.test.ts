import { describe, expect, it, vi } from "vitest";
import { checkSnmp } from "../../../../plugins/snmp/check_snmp.ts";
import { MAX_PER_AGENT, SESSIONS } from "../../../../plugins/snmp/session/sessions.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { encodeAnswer, INTEGER, SnmpAgent } from "../../../support/servers/snmp-agent.ts";
import { Snmpd } from "../../../support/servers/snmpd.ts";

const createShared = () => new SharedValues({ log: () => {} });
const at = (port: number, ...words: readonly string[]) => [
  ...["-H", "127.0.0.1", "-p", String(port), "-o", ".1.3.6.1.2.1.1.5.0"],
  ...words,
];
const SECRET = "privpass123";
const USER = [
  "-P",
  "3",
  "-U",
  "shaaes",
  "-L",
  "authPriv",
  "-a",
  "SHA",
  "-A",
  "authpass123",
  "-x",
  "AES",
  "-X",
  SECRET,
];

describe("sessions", () => {
  checkLeaks();

  it("are kept for the next check, as many as asked at a time", async () => {
    await using shared = createShared();
    await using agent = await SnmpAgent.start(answerOne);
    const run = () => runCheck(checkSnmp, at(agent.port), { shared });
    await run();
    await run();
    expect(shared.get(SESSIONS).size).toMatchObject({ idle: 1, requests: 0, agents: 0, sockets: 1 });
    await Promise.all(Array.from({ length: MAX_PER_AGENT }, run));
    expect(shared.get(SESSIONS).size).toMatchObject({ idle: MAX_PER_AGENT, requests: 0, agents: 0 });
  });

  it("of a rush are closed one by one when they have not been used for a long time", async () => {
    await using shared = createShared();
    await using agent = await SnmpAgent.start(answerOne);
    const run = () => runCheck(checkSnmp, at(agent.port), { shared });
    await Promise.all([run(), run(), run()]);
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 301_000);
    try {
      await run();
      expect(shared.get(SESSIONS).size).toMatchObject({ idle: 2 });
      await run();
      expect(shared.get(SESSIONS).size).toMatchObject({ idle: 1 });
      await run();
      expect(shared.get(SESSIONS).size).toMatchObject({ idle: 1 });
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("that had no answer are not kept", async () => {
    await using shared = createShared();
    await using agent = await SnmpAgent.start(() => []);
    await runCheck(checkSnmp, at(agent.port, "-t", "1", "-e", "0"), { shared });
    expect(shared.get(SESSIONS).size).toMatchObject({ idle: 0, requests: 0, agents: 0 });
  });

  it("send one agent a limited number of requests at a time", async () => {
    await using shared = createShared();
    const held: (() => void)[] = [];
    const isFull = Promise.withResolvers<void>();
    await using agent = await SnmpAgent.start((request) => {
      const to = agent.asker;
      held.push(() => agent.send(encodeAnswer(request, answerOne(request)), to));
      if (agent.questions === MAX_PER_AGENT) isFull.resolve();
      return agent.questions > MAX_PER_AGENT ? [encodeAnswer(request, answerOne(request))] : [];
    });
    const checks = Array.from({ length: 50 }, () => runCheck(checkSnmp, at(agent.port), { shared }));
    await isFull.promise;
    // A later datagram arrives after all that were sent before it.
    await using later = await SnmpAgent.start(answerOne);
    await runCheck(checkSnmp, at(later.port), { shared });
    expect(agent.questions).toBe(MAX_PER_AGENT);
    for (const answer of held) answer();
    await Promise.all(checks);
    expect(agent.questions).toBe(50);
    expect(shared.get(SESSIONS).size).toMatchObject({ requests: 0, agents: 0 });
  });

  it("with agents that do not answer do not delay the others, and need few sockets", async () => {
    await using shared = createShared();
    await using silent = await SnmpAgent.start(() => []);
    await using agent = await SnmpAgent.start(answerOne);
    const end = new AbortController();
    const limits = { shared, timeoutMs: 60_000 };
    const silentChecks = Array.from({ length: 2_000 }, (_, number) => {
      const host = `127.1.${number >> 8}.${number & 0xff}`;
      const argv = ["-H", host, "-p", String(silent.port), "-o", ".1.3", "-t", "50", "-e", "0"];
      return runCheck(checkSnmp, argv, { ...limits, signal: end.signal });
    });
    const asked = Array.from({ length: 500 }, () => runCheck(checkSnmp, at(agent.port), limits));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ returnCode }) => returnCode !== 0)).toEqual([]);
    // The others still wait.
    const { sockets, requests } = shared.get(SESSIONS).size;
    expect(requests).toBe(2_000);
    expect(sockets).toBeLessThanOrEqual(32);
    end.abort(new Error("enough"));
    const ends = await Promise.allSettled(silentChecks);
    expect(ends.filter(({ status }) => status !== "rejected")).toEqual([]);
    expect(shared.get(SESSIONS).size).toMatchObject({ requests: 0, agents: 0, sockets: 2 });
  });
});

describe.skipIf(!hasServer("snmpd"))("sessions with an engine", () => {
  it("learn a new one when the device has been replaced", async () => {
    await using shared = createShared();
    const { port, ...first } = await startAndAsk(shared);
    expect(first).toMatchObject({ returnCode: 0, idle: 1 });
    const { port: _, ...second } = await startAndAsk(shared, port);
    expect(second).toMatchObject({ returnCode: 0, idle: 1 });
  });

  it("with an engine that is gone time out as in the plugin", async () => {
    await using shared = createShared();
    const { port } = await startAndAsk(shared);
    expect(await runCheck(checkSnmp, at(port, ...USER, "-t", "1", "-e", "1"), { shared })).toMatchObject({
      returnCode: 3,
      output: "External command error: snmpget: Timeout\n",
    });
  });

  it("keep their passwords out of outputs and logs", async () => {
    await using shared = createShared();
    await using snmpd = await Snmpd.start();
    const { output, log } = await runCheck(
      checkSnmp,
      at(snmpd.port, ...USER, "-X", "wrong-password", "-t1", "-e0"),
      {
        shared,
      },
    );
    expect(JSON.stringify([output, log, shared.get(SESSIONS)])).not.toMatch(/wrong-password|authpass123/);
  });
});

async function startAndAsk(shared: SharedValues, port?: number) {
  await using snmpd = await Snmpd.start(port);
  const { returnCode, output } = await runCheck(checkSnmp, at(snmpd.port, ...USER), { shared });
  return { port: snmpd.port, returnCode, output, idle: shared.get(SESSIONS).size.idle };
}

function answerOne({ names }: { readonly names: readonly Buffer[] }) {
  return { objects: names.map((name) => ({ name, tag: INTEGER, content: Buffer.from([1]) })) };
}

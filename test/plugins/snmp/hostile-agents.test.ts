import { describe, expect, it } from "vitest";
import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { readMessageId } from "../../../plugins/snmp/session/message-id.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import {
  type Answering,
  element,
  encodeAnswer,
  INTEGER,
  OCTETS,
  OID,
  RESPONSE,
  SEQUENCE,
  SnmpAgent,
} from "../../support/servers/snmp-agent.ts";

const NONE = Buffer.alloc(0);
const byte = (value: number) => Buffer.from([value]);
const SILENCE = /^External command error: Timeout: No Response from 127\.0\.0\.1:[0-9]+\.\n$/;

/** Agents whose messages are ignored. */
const UNHEARD: Readonly<Record<string, Answering>> = {
  "empty datagrams": () => [NONE, NONE],
  "random bytes": () => [Buffer.from("\x00\xff\x30\x82GET / HTTP/1.0\r\n\r\n", "latin1")],
  "a length beyond the end": () => [Buffer.from([SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1])],
  "a length without an end": () => [Buffer.from([SEQUENCE, 0x80, 2, 1, 1])],
  "an answer to another question": (question) => [
    encodeAnswer({ ...question, id: Buffer.from([1, 2, 3]) }, { objects: [] }),
  ],
  "a question cut short": ({ message }) => [message.subarray(0, message.length - 5)],
};

/** Agents whose answers are left to the plugin. */
const DECLINED: Readonly<Record<string, Answering>> = {
  "its own question": ({ message }) => [message],
  "another community": ({ id, version }) => [
    encodeAnswer({ id, version, community: byte(0x41) }, { objects: [] }),
  ],
  "a thousand nested sequences": (question) => [
    encodeAnswer(question, { objects: [{ name: byte(0x2b), tag: SEQUENCE, content: nested(1000) }] }),
  ],
  "an integer of a thousand bytes": (question) => [
    encodeAnswer(question, { objects: [{ name: byte(0x2b), tag: INTEGER, content: Buffer.alloc(1000, 1) }] }),
  ],
  "an address of five bytes": (question) => [
    encodeAnswer(question, { objects: [{ name: byte(0x2b), tag: 0x40, content: Buffer.alloc(5) }] }),
  ],
  "SNMPv3 with a key nobody asked for": ({ id }) => [secured(id, 1)],
  "SNMPv3 encrypted": ({ id }) => [secured(id, 3)],
};

function nested(depth: number): Buffer {
  return depth === 0 ? NONE : element(SEQUENCE, nested(depth - 1));
}

/** A message of version 3 without a signature, or with a false one. */
function secured(id: Buffer, flags: number, pdu = createPdu(RESPONSE)): Buffer {
  const header = element(
    SEQUENCE,
    element(INTEGER, id),
    element(INTEGER, Buffer.from([0x10, 0])),
    element(OCTETS, byte(flags)),
    element(INTEGER, byte(3)),
  );
  const fields = ["engine", "user", "digest", "salt"].map((text) => element(OCTETS, Buffer.from(text)));
  const [engine = NONE, ...others] = fields;
  const clock = [element(INTEGER, byte(1)), element(INTEGER, byte(1))];
  const parameters = element(OCTETS, element(SEQUENCE, engine, ...clock, ...others));
  const scoped = element(SEQUENCE, element(OCTETS), element(OCTETS), pdu);
  const body = flags === 3 ? element(OCTETS, Buffer.alloc(16)) : scoped;
  return element(SEQUENCE, element(INTEGER, byte(3)), header, parameters, body);
}

function createPdu(tag: number, ...objects: readonly Buffer[]): Buffer {
  const number = element(INTEGER, byte(0));
  return element(tag, number, number, number, element(SEQUENCE, ...objects));
}

const REPORT = 0xa8;
const NAME = element(OID, Buffer.from([0x2b, 6]));
const VALUE = element(SEQUENCE, NAME, element(INTEGER, byte(7)));

describe("an agent that sends", () => {
  checkLeaks();

  it("no valid answer has not answered", async () => {
    expect(await Promise.all(Object.entries(UNHEARD).map(ask))).toEqual(
      Object.keys(UNHEARD).map((name) => [name, expect.stringMatching(SILENCE), 1]),
    );
  });

  it("what cannot be read is left to the plugin", async () => {
    expect(await Promise.all(Object.entries(DECLINED).map(ask))).toEqual(
      Object.keys(DECLINED).map((name) => [name, "CheckDeclined: an answer net-snmp could not read", 1]),
    );
  });

  it.each(["-L authNoPriv", "-L authPriv -x AES -X privpass"])(
    "an unsigned answer is left to the plugin with %s",
    async (level) => {
      await using agent = await SnmpAgent.start(({ message }) => {
        const id = Buffer.alloc(4);
        id.writeInt32BE(readMessageId(message) ?? 0);
        return [
          secured(id, 0, agent.questions === 1 ? createPdu(REPORT, VALUE) : createPdu(RESPONSE, VALUE)),
        ];
      });
      const user = ["-P", "3", "-U", "user", "-a", "SHA", "-A", "authpass", ...level.split(" ")];
      const argv = [
        "-H",
        "127.0.0.1",
        "-p",
        String(agent.port),
        "-o",
        ".1.3.6",
        ...user,
        "-t",
        "1",
        "-e",
        "0",
      ];
      await expect(runCheck(checkSnmp, argv)).rejects.toThrow("an answer net-snmp could not read");
      expect(agent.questions).toBe(2);
    },
  );

  it("a flood of answers is read once", async () => {
    await using agent = await SnmpAgent.start((question) => {
      const content = Buffer.from("x".repeat(1000));
      return Array.from({ length: 500 }, () =>
        encodeAnswer(question, { objects: [{ name: Buffer.from([0x2b, 6]), tag: OCTETS, content }] }),
      );
    });
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-o", ".1.3.6"];
    expect(await runCheck(checkSnmp, argv)).toMatchObject({
      returnCode: 0,
      output: `SNMP OK - "${"x".repeat(1000)}" | \n`,
    });
  });

  it("a text of 60,000 bytes is answered with all of it", async () => {
    const content = Buffer.alloc(60_000, "a");
    await using agent = await SnmpAgent.start(({ names: [name = NONE] }) => ({
      objects: [{ name, tag: OCTETS, content }],
    }));
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-o", ".1.3.6", "-r", "(a|aa)*b"];
    const { returnCode, output } = await runCheck(checkSnmp, argv);
    expect({ returnCode, length: output.length }).toEqual({ returnCode: 2, length: 60_024 });
  });

  it("from another of its addresses is accepted", async () => {
    await using other = await SnmpAgent.start(() => [], "127.0.0.2");
    await using agent = await SnmpAgent.start((question) => {
      const [name = NONE] = question.names;
      const answer = encodeAnswer(question, { objects: [{ name, tag: INTEGER, content: byte(7) }] });
      other.send(answer, agent.asker);
      return [];
    });
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-o", ".1.3.6", "-t", "2", "-e", "0"];
    expect(await runCheck(checkSnmp, argv)).toMatchObject({ output: "SNMP OK - 7 | iso.3.6=7 \n" });
  });

  it("nothing is given up at the check's own deadline", async () => {
    await using agent = await SnmpAgent.start(() => []);
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-o", ".1.3.6"];
    await expect(runCheck(checkSnmp, argv, { timeoutMs: 50 })).rejects.toThrow(
      "was not through after 0.05 s",
    );
  });
});

async function ask([name, answering]: readonly [string, Answering]) {
  await using agent = await SnmpAgent.start(answering);
  const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-P", "2c", "-o", ".1.3", "-t", "1", "-e", "0"];
  const said = await runCheck(checkSnmp, argv).then(({ output }) => output, String);
  return [name, said, agent.questions];
}

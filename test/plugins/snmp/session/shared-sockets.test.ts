import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { Wires } from "../../../../plugins/snmp/session/shared-sockets.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { encodeAnswer, SnmpAgent } from "../../../support/snmp-agent.ts";

const HOST = "127.0.0.1";
const COMMUNITY = Buffer.from("public");

/** Looks like a question where it matters: its number. */
function message(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(id);
  return encodeAnswer({ version: 1, community: COMMUNITY, id: bytes }, { objects: [] });
}

describe("wires", () => {
  checkLeaks();
  let wires = new Wires();
  afterEach(() => {
    wires[Symbol.dispose]();
    wires = new Wires();
  });

  /** A line that tells the numbers of the first bytes it was sent. */
  function openLine() {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    return { line: wires.openLine("udp4", { onMessage: resolve, onUnsent: reject }), heard: promise };
  }

  it("bring each line its own answer over one socket", async () => {
    await using agent = await SnmpAgent.start(({ message: asked }) => [asked]);
    const lines = Array.from({ length: 50 }, openLine);
    for (const [id, { line }] of lines.entries()) line.send(message(id), agent.port, HOST);
    expect(wires.size).toEqual({ sockets: 1, questions: 50 });
    expect(await Promise.all(lines.map(({ heard }) => heard))).toEqual(lines.map((_, id) => message(id)));
    expect(wires.size).toEqual({ sockets: 1, questions: 0 });
  });

  it("tell equal numbers apart by whom they come from", async () => {
    await using one = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from("1")]),
    ]);
    await using two = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from("2")]),
    ]);
    const [first, second] = [openLine(), openLine()];
    first.line.send(message(7), one.port, HOST);
    second.line.send(message(7), two.port, HOST);
    expect((await first.heard).toString("latin1").at(-1)).toBe("1");
    expect((await second.heard).toString("latin1").at(-1)).toBe("2");
  });

  it("keep equal numbers for one device apart, and close the wire they needed", async () => {
    await using agent = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from(String(agent.questions))]),
    ]);
    const lines = [openLine(), openLine(), openLine()];
    for (const { line } of lines) line.send(message(7), agent.port, HOST);
    expect(wires.size).toEqual({ sockets: 3, questions: 3 });
    const heard = await Promise.all(lines.map(async (each) => (await each.heard).toString("latin1").at(-1)));
    expect(heard.sort()).toEqual(["1", "2", "3"]);
    expect(wires.size).toEqual({ sockets: 2, questions: 0 });
  });

  it("open more sockets when many answers are awaited, and close them again", async () => {
    const silent = createSocket("udp4").bind(0, HOST);
    await new Promise((resolve) => silent.once("listening", resolve));
    const lines = Array.from({ length: 5_000 }, openLine);
    for (const [id, { line }] of lines.entries()) line.send(message(id), silent.address().port, HOST);
    expect(wires.size).toEqual({ sockets: 32, questions: 5_000 });
    for (const { line } of lines) line.close();
    expect(wires.size).toEqual({ sockets: 2, questions: 0 });
    await new Promise<void>((resolve) => silent.close(() => resolve()));
  });

  it("ask again under the same number without counting twice", async () => {
    await using agent = await SnmpAgent.start(() => []);
    const { line } = openLine();
    line.send(message(1), agent.port, HOST);
    line.send(message(1), agent.port, HOST);
    expect(wires.size.questions).toBe(1);
    line.close();
    expect(wires.size.questions).toBe(0);
  });

  it("say when a message could not be sent", async () => {
    const { line, heard } = openLine();
    line.send(message(1), 161, "255.255.255.255");
    await expect(heard).rejects.toThrow("EACCES");
  });
});

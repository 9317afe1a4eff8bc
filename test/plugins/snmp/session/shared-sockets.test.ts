import { createSocket } from "node:dgram";
import { afterEach, describe, expect, it } from "vitest";
import { SharedSockets } from "../../../../plugins/snmp/session/shared-sockets.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { encodeAnswer, SnmpAgent } from "../../../support/servers/snmp-agent.ts";

const HOST = "127.0.0.1";
const COMMUNITY = Buffer.from("public");

/** A message with this number. */
function message(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(id);
  return encodeAnswer({ version: 1, community: COMMUNITY, id: bytes }, { objects: [] });
}

describe("shared sockets", () => {
  checkLeaks();
  let sockets = new SharedSockets();
  afterEach(() => {
    sockets[Symbol.dispose]();
    sockets = new SharedSockets();
  });

  /** A channel, and a promise for the first message it receives. */
  function openChannel() {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    return { channel: sockets.openChannel("udp4", { onMessage: resolve, onUnsent: reject }), heard: promise };
  }

  it("bring each channel its own answer over one socket", async () => {
    await using agent = await SnmpAgent.start(({ message: asked }) => [asked]);
    const channels = Array.from({ length: 50 }, openChannel);
    for (const [id, { channel }] of channels.entries()) channel.send(message(id), agent.port, HOST);
    expect(sockets.size).toEqual({ sockets: 1, requests: 50 });
    expect(await Promise.all(channels.map(({ heard }) => heard))).toEqual(
      channels.map((_, id) => message(id)),
    );
    expect(sockets.size).toEqual({ sockets: 1, requests: 0 });
  });

  it("tell equal numbers apart by the sender", async () => {
    await using one = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from("1")]),
    ]);
    await using two = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from("2")]),
    ]);
    const [first, second] = [openChannel(), openChannel()];
    first.channel.send(message(7), one.port, HOST);
    second.channel.send(message(7), two.port, HOST);
    expect((await first.heard).toString("latin1").at(-1)).toBe("1");
    expect((await second.heard).toString("latin1").at(-1)).toBe("2");
  });

  it("use several sockets for equal numbers to one device, and close what is no longer needed", async () => {
    await using agent = await SnmpAgent.start(({ message: asked }) => [
      Buffer.concat([asked, Buffer.from(String(agent.questions))]),
    ]);
    const channels = [openChannel(), openChannel(), openChannel()];
    for (const { channel } of channels) channel.send(message(7), agent.port, HOST);
    expect(sockets.size).toEqual({ sockets: 3, requests: 3 });
    const heard = await Promise.all(
      channels.map(async (each) => (await each.heard).toString("latin1").at(-1)),
    );
    expect(heard.sort()).toEqual(["1", "2", "3"]);
    expect(sockets.size).toEqual({ sockets: 2, requests: 0 });
  });

  it("open more sockets when many answers are awaited, and close them again", async () => {
    const silent = createSocket("udp4").bind(0, HOST);
    await new Promise((resolve) => silent.once("listening", resolve));
    const channels = Array.from({ length: 5_000 }, openChannel);
    for (const [id, { channel }] of channels.entries())
      channel.send(message(id), silent.address().port, HOST);
    expect(sockets.size).toEqual({ sockets: 32, requests: 5_000 });
    for (const { channel } of channels) channel.close();
    expect(sockets.size).toEqual({ sockets: 2, requests: 0 });
    await new Promise<void>((resolve) => silent.close(() => resolve()));
  });

  it("count a request that is sent again only once", async () => {
    await using agent = await SnmpAgent.start(() => []);
    const { channel } = openChannel();
    channel.send(message(1), agent.port, HOST);
    channel.send(message(1), agent.port, HOST);
    expect(sockets.size.requests).toBe(1);
    channel.close();
    expect(sockets.size.requests).toBe(0);
  });

  it("report a message that could not be sent", async () => {
    const { channel, heard } = openChannel();
    channel.send(message(1), 161, "255.255.255.255");
    await expect(heard).rejects.toThrow("EACCES");
  });
});

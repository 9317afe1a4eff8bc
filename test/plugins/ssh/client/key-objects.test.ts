import { once } from "node:events";
import { readFileSync } from "node:fs";
import { types } from "node:util";
import ssh2, { type CipherAlgorithm, type Client, type Connection } from "ssh2";
import { describe, expect, it } from "vitest";
import { keepKeyObjects } from "../../../../plugins/ssh/client/key-objects.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { SshServer } from "../ssh-server.ts";

checkLeaks();

/** The driver's keys for what is sent and for what is received. */
function keysOf(client: object): readonly unknown[] {
  const protocol: object = Reflect.get(client, "_protocol");
  return ["_cipher", "_decipher"].flatMap((name) =>
    Object.entries(Reflect.get(protocol, name))
      .filter(([key]) => /key/i.test(key))
      .map(([, value]) => value),
  );
}

async function run(client: Client): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  client.exec("x", (error, channel) => {
    if (error !== undefined) reject(error);
    else channel.setEncoding("latin1").once("data", resolve).resume();
  });
  return promise;
}

describe("the keys of a connection are replaced by key objects", () => {
  it.each<[CipherAlgorithm, keys: number]>([
    ["aes128-gcm@openssh.com", 2],
    ["aes256-gcm@openssh.com", 2],
    ["aes256-ctr", 2],
    ["chacha20-poly1305@openssh.com", 4],
  ])("with %s, and still work", async (cipher, count) => {
    const accepted = Promise.withResolvers<Connection>();
    await using server = await SshServer.start({ onReady: accepted.resolve });
    const privateKey = readFileSync(server.words[server.words.indexOf("-i") + 1] ?? "");
    const client = new ssh2.Client();
    client.on("handshake", () => keepKeyObjects(client));
    client.connect({
      host: "127.0.0.1",
      port: server.port,
      username: "anybody",
      privateKey,
      algorithms: { cipher: [cipher] },
    });
    await once(client, "ready");
    try {
      expect(keysOf(client).map(types.isKeyObject)).toEqual(Array(count).fill(true));
      expect(await run(client)).toBe("ok\n");
      const other = await accepted.promise;
      await Promise.all([once(client, "handshake"), new Promise<void>((resolve) => other.rekey(resolve))]);
      expect(keysOf(client).map(types.isKeyObject)).toEqual(Array(count).fill(true));
      expect(await run(client)).toBe("ok\n");
    } finally {
      client.end();
      await once(client, "close");
    }
  });
});

it("a driver without such keys is not changed", () => {
  expect(() => keepKeyObjects({})).not.toThrow();
  expect(() => keepKeyObjects({ _protocol: { _cipher: undefined, _decipher: { _key: "" } } })).not.toThrow();
});

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { ServerChannel } from "ssh2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../../plugins/ssh/check_by_ssh.ts";
import { NATIVE_SSH_KEEPALIVE } from "../../../../plugins/ssh/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { type CheckRun, runCheck } from "../../../../sdk/testing.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { SshServer, type SshServerOptions, say } from "../ssh-server.ts";

describe("connections that are kept", () => {
  checkLeaks();

  let shared: SharedValues;
  let server: SshServer;
  const start = async (options?: SshServerOptions) => {
    server = await SshServer.start(options);
  };
  let isKept = true;
  beforeEach(() => {
    isKept = true;
    shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_SSH_KEEPALIVE, isKept]]) });
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const run = (...words: readonly string[]): Promise<CheckRun> =>
    runCheck(checkBySsh, [...server.words, ...words, "-C", "a command"], { shared });
  const texts = (runs: readonly CheckRun[]) => runs.map(({ output }) => output);

  it("serve one check after the other over one login", async () => {
    await start();
    for (let at = 0; at < 10; at += 1) await run();
    expect(server.connections).toBe(1);
  });

  it("are shared by checks that begin at the same moment", async () => {
    await start();
    const runs = await Promise.all(Array.from({ length: 5 }, () => run()));
    expect(texts(runs)).toEqual(Array(5).fill("ok\n"));
    expect(server.connections).toBe(1);
  });

  it.each([
    ["user", ["-l", "somebody"]],
    ["option of ssh", ["-o", "BatchMode=yes"]],
    ["LogLevel", ["-q"]],
  ])("are not shared with another %s", async (_, words) => {
    await start();
    await run();
    await run(...words);
    expect(server.connections).toBe(2);
  });

  it("are shared where only the command, its time and what is skipped differ", async () => {
    await start();
    await run();
    await run("-t", "9", "-E", "-S1", "-U");
    expect(server.connections).toBe(1);
  });

  it("run five commands at a time, and a command that waits too long gets another connection", async () => {
    const held: ServerChannel[] = [];
    const twelve = Promise.withResolvers<void>();
    await start({
      serve(channel) {
        held.push(channel);
        if (held.length === 12) twelve.resolve();
      },
    });
    const runs = Array.from({ length: 12 }, () => run());
    await twelve.promise;
    expect([server.peak, server.connections]).toEqual([5, 3]);
    for (const channel of held) say("done\n")(channel, "");
    expect(texts(await Promise.all(runs))).toEqual(Array(12).fill("done\n"));
  });

  it("run fewer commands where the server allows fewer, and no command is lost", async () => {
    await start({
      allowsSession: (open) => open < 2,
      serve: (channel) => setTimeout(() => say("slow\n")(channel, ""), 5),
    });
    const runs = await Promise.all(Array.from({ length: 9 }, () => run()));
    expect(texts(runs)).toEqual(Array(9).fill("slow\n"));
    expect(server.peak).toBe(2);
  });

  it("are replaced when the server has ended them", async () => {
    await start();
    await run();
    server.hangUp();
    expect(await run()).toMatchObject({ output: "ok\n", returnCode: 0 });
    expect(server.connections).toBe(2);
  });

  it("are not tried once more where the server drops a login: the plugin is the second try", async () => {
    await start({ drops: (connection) => connection === 1 });
    await expect(run()).rejects.toMatchObject({ name: "CheckDeclined" });
    expect(server.connections).toBe(1);
  });

  it("are not tried once more where a new one allows no session", async () => {
    await start({ allowsSession: () => false });
    await expect(run()).rejects.toMatchObject({ name: "CheckDeclined" });
    expect(server.connections).toBe(1);
  });

  it("are not tried again for a while where the server drops every login", async () => {
    await start({ drops: () => true });
    for (let at = 0; at < 3; at += 1) {
      await expect(run()).rejects.toMatchObject({ name: "CheckDeclined" });
    }
    expect(server.connections).toBe(1);
  });

  it("take no further command after a command that timed out", async () => {
    const commands: ServerChannel[] = [];
    await start({
      serve: (channel) => (commands.push(channel) === 1 ? undefined : say("ok\n")(channel, "")),
    });
    expect(await run("-t", "1")).toMatchObject({
      returnCode: 2,
      output: "CRITICAL - Plugin timed out after 1 seconds",
    });
    expect(await run()).toMatchObject({ output: "ok\n" });
    expect(server.connections).toBe(2);
  });

  it("are not shared with ControlPath none, and end with the check", async () => {
    await start();
    await run("-o", "ControlPath=none");
    await run("-o", "ControlPath=none");
    expect(server.connections).toBe(2);
    await expect.poll(() => server.standing).toBe(0);
  });

  it("end with the next check when they are no longer to be kept", async () => {
    await start();
    await run();
    isKept = false;
    await run();
    expect(server.connections).toBe(2);
    await expect.poll(() => server.standing).toBe(0);
  });

  it("end when the worker stops", async () => {
    await start();
    await run();
    expect(server.standing).toBe(1);
    await shared[Symbol.asyncDispose]();
    await expect.poll(() => server.standing).toBe(0);
  });

  it("that end while a command runs are reported in ssh's words", async () => {
    await start({ serve: () => server.hangUp() });
    expect(await run()).toMatchObject({
      returnCode: 3,
      output: "Remote command execution failed: Connection to 127.0.0.1 closed by remote host.\r\n",
    });
    expect(server.connections).toBe(1);
  });

  it("that are dead without a sign are replaced before the command is sent", async () => {
    await start();
    await using forwarder = await Forwarder.to(server.port);
    const viaForwarder = (words: readonly string[]) =>
      runCheck(checkBySsh, [...words, "-p", String(forwarder.port), ...server.words, "-C", "a command"], {
        shared,
      });
    const alias = ["-o", `HostKeyAlias=[127.0.0.1]:${server.port}`];
    await viaForwarder(alias);
    forwarder.cut();
    expect(await viaForwarder(alias)).toMatchObject({ output: "ok\n" });
    expect(server.connections).toBe(2);
  });
});

/** Forwards between a client and a server, and can stop without either of them being told. */
class Forwarder implements AsyncDisposable {
  readonly port: number;
  readonly #listener: ReturnType<typeof createServer>;
  readonly #pairs: (readonly [Socket, Socket])[];

  private constructor(listener: ReturnType<typeof createServer>, pairs: (readonly [Socket, Socket])[]) {
    this.port = (listener.address() as AddressInfo).port;
    this.#listener = listener;
    this.#pairs = pairs;
  }

  static async to(port: number): Promise<Forwarder> {
    const pairs: (readonly [Socket, Socket])[] = [];
    const listener = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      client.on("error", () => server.destroy()).on("close", () => server.destroy());
      server.on("error", () => client.destroy());
      client.pipe(server).pipe(client);
      pairs.push([client, server]);
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Forwarder(listener, pairs);
  }

  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.unpipe(server);
      server.unpipe(client);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, "close");
  }
}

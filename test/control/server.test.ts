import { randomUUID } from "node:crypto";
import { connect, createServer } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { controlAddress, controlName, findControlNames } from "../../src/control/address.ts";
import { askWorker } from "../../src/control/client.ts";
import type { ControlTarget } from "../../src/control/commands.ts";
import { prove } from "../../src/control/protocol.ts";
import { ControlServer } from "../../src/control/server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

checkLeaks();
const opened: Disposable[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each[Symbol.dispose]();
});

const COUNTS = { agreed: 9, different: 1, declined: 2 };
const EXAMPLE = {
  at: "2026-11-23T12:34:56.789Z",
  command: "/p/check_http -a ***",
  plugin: { returnCode: 0, output: "secret of a page" },
  native: { returnCode: 2, output: "no" },
};
const SHADOW = { share: 10, since: EXAMPLE.at, checks: { check_http: { ...COUNTS, examples: [EXAMPLE] } } };

async function start(identifier = randomUUID()) {
  const target = {
    worker: {
      status: vi.fn(() => ({ identifier: "T\xc3\xbcr", state: "drained", shadow: SHADOW })),
      setShadowShare: vi.fn((share: number | "on"): number | undefined => (share === "on" ? 10 : share)),
      drain: vi.fn(() => true),
      resume: vi.fn(() => false),
    },
    reload: vi.fn(() => ({ kind: "failed", problems: ["one"] })),
    setDebug: vi.fn(),
  };
  const log = stubLog();
  const server = new ControlServer({ target: target as unknown as ControlTarget, version: "1.2.3", log });
  opened.push(server);
  await server.listen(identifier);
  return { target, log, server, identifier, name: controlName(identifier) };
}

/** Sends what `write` makes of the Hello, and resolves to the line that comes back. */
function talk(
  identifier: string,
  write: (hello: { nonce: string; tokenFile: string }) => string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: controlAddress(identifier) });
    let text = "";
    let isSent = false;
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (isSent || !text.includes("\n")) return;
      isSent = true;
      socket.write(write(JSON.parse(text)));
      text = "";
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("the control socket", () => {
  it("tells what the worker does, as text", async () => {
    const { name } = await start();
    expect(findControlNames()).toContain(name);
    expect(await askWorker({ name, command: "status" })).toMatchObject({
      identifier: "Tür",
      state: "drained",
      shadow: { share: 10, checks: { check_http: { ...COUNTS, examples: [] } } },
    });
  });

  it("lets the worker's user do more than read", async () => {
    const { name, target, log } = await start();
    expect(await askWorker({ name, command: "drain" })).toEqual({ isChanged: true, state: "drained" });
    expect(await askWorker({ name, command: "resume" })).toEqual({ isChanged: false, state: "drained" });
    expect(await askWorker({ name, command: "reload" })).toEqual({ kind: "failed", problems: ["one"] });
    expect(target.reload.mock.calls).toEqual([["a request to reload"]]);
    await askWorker({ name, command: "log-level", args: ["trace"] });
    expect(target.setDebug.mock.calls).toEqual([[2]]);
    expect(log.info).toHaveBeenCalledWith("control: log-level trace");
  });

  it("shows the texts of differences to the worker's user alone", async () => {
    const { name, identifier } = await start();
    expect(await askWorker({ name, command: "shadow" })).toEqual(SHADOW);
    const reply = await talk(identifier, () => '{"command":"shadow"}\n');
    expect(JSON.parse(reply)).toEqual({ ok: false, error: "only the worker's user and root may do that" });
    const open = await talk(identifier, () => '{"command":"status"}\n');
    expect(open).not.toContain("secret of a page");
  });

  it.each<[string, number | "on"]>([
    ["on", "on"],
    ["off", 0],
    ["0", 0],
    ["12.5", 12.5],
    ["100%", 100],
  ])("sets the share that is compared: %s", async (word, share) => {
    const { name, target, log } = await start();
    const args = [word];
    expect(await askWorker({ name, command: "shadow-share", args })).toEqual({
      share: share === "on" ? 10 : share,
    });
    expect(target.worker.setShadowShare.mock.calls).toEqual([[share]]);
    expect(log.info).toHaveBeenCalledWith(`control: shadow-share ${word}`);
  });

  it.each(["101", "much", "", "-1", "on off"])("sets no share of '%s'", async (words) => {
    const { name, target } = await start();
    const set = askWorker({ name, command: "shadow-share", args: words.split(" ") });
    await expect(set).rejects.toThrow("the share is on, off, or a number of percent from 0 to 100");
    expect(target.worker.setShadowShare).not.toHaveBeenCalled();
  });

  it("says that a worker without shadow mode compares nothing", async () => {
    const { name, target } = await start();
    target.worker.setShadowShare.mockReturnValue(undefined);
    const set = askWorker({ name, command: "shadow-share", args: ["on"] });
    await expect(set).rejects.toThrow("this worker does not run with native_checks=shadow");
  });

  it("says what is wrong with words, and what it could not do", async () => {
    const { name, target } = await start();
    const level = askWorker({ name, command: "log-level", args: ["loud"] });
    await expect(level).rejects.toThrow("the level is one of error, info, debug, trace");
    target.worker.drain.mockImplementation(() => {
      throw new Error("broken");
    });
    await expect(askWorker({ name, command: "drain" })).rejects.toThrow("the worker has a fault");
  });

  it.each<[what: string, request: (challenge: { readonly nonce: string; readonly name: string }) => object]>([
    ["without a proof", () => ({ command: "drain", args: [] })],
    ["with the proof of another token", (challenge) => withProof("0".repeat(64), challenge, "drain")],
    ["with a proof that is no text", () => ({ command: "drain", args: [], proof: 1 })],
  ])("changes nothing for a request %s", async (_, request) => {
    const { identifier, target, name } = await start();
    const reply = await talk(identifier, ({ nonce }) => `${JSON.stringify(request({ nonce, name }))}\n`);
    expect(JSON.parse(reply)).toMatchObject({ ok: false });
    expect(target.worker.drain).not.toHaveBeenCalled();
  });

  it("takes no proof of another command, nor of another connection", async () => {
    const { identifier, target, name } = await start();
    const { readToken } = await import("../../src/control/token.ts");
    let first = { nonce: "", tokenFile: "" };
    await talk(identifier, (hello) => {
      first = hello;
      return '{"command":"status"}\n';
    });
    const token = readToken(first.tokenFile);
    const old = await talk(
      identifier,
      () => `${JSON.stringify(withProof(token, { nonce: first.nonce, name }, "drain"))}\n`,
    );
    const other = await talk(identifier, ({ nonce }) =>
      JSON.stringify({ ...withProof(token, { nonce, name }, "resume"), command: "drain" }).concat("\n"),
    );
    expect([JSON.parse(old).ok, JSON.parse(other).ok]).toEqual([false, false]);
    expect(target.worker.drain).not.toHaveBeenCalled();
    expect(await askWorker({ name, command: "drain" })).toBeDefined();
  });

  it.each([
    ["no JSON", "status\n"],
    ["another value", "[]\n"],
    ["null", "null\n"],
    ["an unknown command", '{"command":"toString"}\n'],
    ["too much", "x".repeat(5_000)],
  ])("answers %s with what is wrong", async (_, request) => {
    const { identifier } = await start();
    expect(JSON.parse(await talk(identifier, () => request))).toMatchObject({
      ok: false,
      error: expect.any(String),
    });
  });

  it("takes no proof that was meant for another name, from a program that passes it on", async () => {
    const { identifier, target } = await start();
    const taken = randomUUID();
    const between = createServer((victim) => {
      const socket = connect({ path: controlAddress(identifier) });
      victim.pipe(socket).pipe(victim);
    });
    opened.push({ [Symbol.dispose]: () => void between.close() });
    await new Promise<void>((resolve) => between.listen(controlAddress(taken), resolve));
    const question = { name: controlName(taken), command: "drain" } as const;
    await expect(askWorker(question)).rejects.toThrow("only the worker's user and root may do that");
    expect(target.worker.drain).not.toHaveBeenCalled();
    expect(await askWorker({ ...question, name: controlName(identifier) })).toBeDefined();
  });

  it("goes to the name of a new identifier", async () => {
    const { server, name } = await start();
    const next = randomUUID();
    await server.listen(next);
    await expect(askWorker({ name, command: "status" })).rejects.toMatchObject({ isAbsent: true });
    expect(await askWorker({ name: controlName(next), command: "drain" })).toMatchObject({ isChanged: true });
  });

  it("is not taken from another worker of the same identifier, which is said once", async () => {
    const { identifier, name } = await start();
    const { log } = await start(identifier);
    expect(log.info).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining(`no control socket @${name}: another worker has it`),
    );
  });
});

describe("who asks", () => {
  it("is told that no worker is there", async () => {
    const question = askWorker({ name: controlName(randomUUID()), command: "status" });
    await expect(question).rejects.toMatchObject({ isAbsent: true });
  });

  it.each([
    ["no JSON", "hello\n", "is no worker"],
    ["another protocol", '{"protocol":9,"version":"9.9"}\n', "another version (9.9)"],
    ["a file that is no token", '{"protocol":2,"tokenFile":"/etc/hostname","uid":7}\n', "runs as user 7"],
    ["no token", '{"protocol":2}\n', "read only"],
    ["nothing", "", "closed the connection"],
  ])("is told if what listens says %s", async (_, text, error) => {
    const identifier = randomUUID();
    const server = createServer((socket) => socket.end(text));
    opened.push({ [Symbol.dispose]: () => server.close() });
    await new Promise<void>((resolve) => server.listen(controlAddress(identifier), resolve));
    await expect(askWorker({ name: controlName(identifier), command: "drain" })).rejects.toThrow(error);
  });
});

function withProof(
  token: string,
  { nonce, name }: { readonly nonce: string; readonly name: string },
  command: string,
) {
  const request = { command, args: [] };
  return { ...request, proof: prove(token, { nonce, name }, request) };
}

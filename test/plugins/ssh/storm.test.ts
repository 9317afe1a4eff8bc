import { expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { Admission } from "../../../sdk/admission.ts";
import type { Shared } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { SshServer } from "./ssh-server.ts";

checkLeaks();

const CHECKS = 80;

/** Lets two logins be under way at a time. */
class Limited extends SharedValues {
  readonly logins = new Admission({ name: "ssh logins", most: 2, countsForMs: 60_000 });

  override get<Value extends Disposable | AsyncDisposable>(each: Shared<Value>): Value {
    return each.name === "ssh logins" ? (this.logins as never) : super.get(each);
  }
}

it("many logins at once are all made, and their wait is no time-out", async () => {
  await using server = await SshServer.start();
  await using shared = new SharedValues({ log: () => {} });
  const words = [...server.words, "-C", "true", "-t", "60"];
  const runs = await Promise.all(
    Array.from({ length: CHECKS }, () => runCheck(checkBySsh, words, { shared, timeoutMs: 60_000 })),
  );
  expect(runs.map(({ output }) => output)).toEqual(Array(CHECKS).fill("ok\n"));
  expect(shared.waits["ssh logins"]).toMatchObject({ waiting: 0 });
  expect(shared.waits["ssh logins"]?.waited).toBeGreaterThan(CHECKS / 4);
}, 60_000);

it("no connection is made for a login that waits", async () => {
  await using server = await SshServer.start({ isMute: true });
  await using shared = new Limited({ log: () => {} });
  const words = [...server.words, "-C", "true", "-t", "60"];
  const stops = Array.from({ length: 5 }, () => new AbortController());
  const runs = stops.map(({ signal }) => runCheck(checkBySsh, words, { shared, signal, timeoutMs: 60_000 }));
  const ended = Promise.allSettled(runs);
  for (const [at, stop] of stops.entries()) {
    await expect.poll(() => server.connections).toBe(Math.min(at + 2, stops.length));
    expect(shared.logins.waits.status.waiting).toBe(Math.max(0, stops.length - 2 - at));
    stop.abort(new Error("stopped"));
  }
  await ended;
  expect(server.connections).toBe(5);
}, 60_000);

it("logins that nothing answers do not hold up another one", async () => {
  const silent = await SshServer.start({ isMute: true });
  await using server = await SshServer.start();
  await using shared = new SharedValues({ log: () => {} });
  const ended: string[] = [];
  const run = async (name: string, words: readonly string[]) => {
    await runCheck(checkBySsh, [...words, "-C", "true", "-t", "60"], { shared, timeoutMs: 60_000 }).catch(
      () => {},
    );
    ended.push(name);
  };
  const others = Promise.all(Array.from({ length: 20 }, () => run("silent", silent.words)));
  await run("answered", server.words);
  expect(ended).toEqual(["answered"]);
  await silent[Symbol.asyncDispose]();
  await others;
}, 60_000);

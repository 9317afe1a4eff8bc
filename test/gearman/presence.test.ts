import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "../../src/gearman/presence.ts";
import { silence, type Trouble } from "../../src/gearman/trouble.ts";
import { stubLog } from "../support/stub-log.ts";

const SERVER = { host: "gw", port: 4730 };
const LOST: Trouble = { kind: "lost", reason: "closed by the server" };
const REFUSED: Trouble = { kind: "unreachable", reason: "connect ECONNREFUSED" };
const [JOBS, RESULTS] = [{}, {}];

describe("the presence of a server", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is told when it is there for the first time, once for all connections", () => {
    const { presence, lines } = start();
    presence.seen(JOBS);
    presence.seen(RESULTS);
    expect(lines).toEqual(["info connected to job server gw:4730"]);
  });

  it("is one line when it goes, one a minute while it is away, and one when it is back", () => {
    const { presence, lines } = start();
    presence.seen(JOBS);
    presence.seen(RESULTS);
    lines.splice(0);
    presence.missed(JOBS, LOST);
    presence.missed(RESULTS, LOST);
    for (let i = 0; i < 150; i++) {
      vi.advanceTimersByTime(1_000);
      presence.missed(JOBS, REFUSED);
      presence.missed(RESULTS, REFUSED);
    }
    presence.seen(RESULTS);
    presence.seen(JOBS);
    expect(lines).toEqual([
      "warn lost the connection to the job server {reason:closed by the server}",
      "warn still cannot connect to the job server {reason:connect ECONNREFUSED,seconds:60}",
      "warn still cannot connect to the job server {reason:connect ECONNREFUSED,seconds:120}",
      "info connected to job server gw:4730 again after 150 s",
    ]);
  });

  it("knows why the server is away, until it is back", () => {
    const { presence } = start();
    presence.seen(JOBS);
    expect(presence.reason).toBeUndefined();
    presence.missed(JOBS, LOST);
    presence.missed(JOBS, REFUSED);
    expect(presence.reason).toBe("connect ECONNREFUSED");
    presence.seen(JOBS);
    expect(presence.reason).toBeUndefined();
  });

  it("fills no log when it comes and goes without end, and is told as ever afterwards", () => {
    const { presence, lines } = start();
    presence.seen(JOBS);
    lines.splice(0);
    const flap = (times: number) => {
      for (let i = 0; i < times; i++) {
        presence.missed(JOBS, LOST);
        vi.advanceTimersByTime(100);
        presence.seen(JOBS);
      }
    };
    flap(600);
    expect(lines).toHaveLength(20);
    flap(1);
    vi.advanceTimersByTime(60_000);
    lines.splice(0);
    flap(1);
    expect(lines).toEqual([
      "warn lost the connection to the job server {reason:closed by the server}",
      "info connected to job server gw:4730 again after 0 s",
    ]);
  });

  it("tells an absence that begins among many when it lasts", () => {
    const { presence, lines } = start();
    presence.seen(JOBS);
    for (let i = 0; i < 20; i++) {
      presence.missed(JOBS, LOST);
      presence.seen(JOBS);
    }
    lines.splice(0);
    for (let i = 0; i < 61; i++) {
      presence.missed(JOBS, REFUSED);
      vi.advanceTimersByTime(1_000);
    }
    presence.seen(JOBS);
    expect(lines).toEqual([
      "warn still cannot connect to the job server {reason:connect ECONNREFUSED,seconds:60,untold:11}",
      "info connected to job server gw:4730 again after 61 s",
    ]);
  });

  it("is told of a server that is not there at the start", () => {
    const { presence, lines } = start();
    presence.missed(JOBS, REFUSED);
    presence.missed(RESULTS, REFUSED);
    presence.seen(JOBS);
    presence.seen(RESULTS);
    expect(lines).toEqual([
      "warn cannot connect to the job server {reason:connect ECONNREFUSED}",
      "info connected to job server gw:4730",
    ]);
  });

  it("is a line when it becomes silent, and when it answers again", () => {
    const { presence, lines } = start();
    presence.seen(JOBS);
    lines.splice(0);
    for (let i = 0; i < 70; i++) {
      presence.missed(JOBS, silence(2_000 + i * 1_000, true));
      vi.advanceTimersByTime(1_000);
    }
    presence.seen(JOBS);
    expect(lines).toEqual([
      "warn the job server does not answer {seconds:2}",
      "warn the job server does not answer {seconds:62}",
      "info job server gw:4730 answers again after 72 s",
    ]);
  });

  it("is a line more when the trouble becomes another one, but not for each change back", () => {
    const { presence, lines } = start();
    presence.missed(JOBS, REFUSED);
    for (let i = 0; i < 10; i++) {
      presence.missed(JOBS, { kind: "foreign", reason: "this is not a Gearman packet" });
      presence.missed(JOBS, REFUSED);
      presence.missed(JOBS, silence(2_000, false));
    }
    expect(lines).toEqual([
      "warn cannot connect to the job server {reason:connect ECONNREFUSED}",
      "warn nothing there speaks Gearman, is this the port of a job server? {reason:this is not a Gearman packet}",
      "warn no answer from the job server: it hangs, or nothing there speaks Gearman {seconds:2}",
    ]);
  });

  it("is not told of a connection that we closed ourselves", () => {
    const { presence, lines } = start();
    presence.missed(JOBS, REFUSED);
    presence.forget(JOBS);
    presence.seen(RESULTS);
    expect(lines.slice(1)).toEqual(["info connected to job server gw:4730"]);
  });
});

/** `lines`: what was logged, with its level and its fields. */
function start() {
  const lines: string[] = [];
  const log = stubLog();
  log.warn.mockImplementation((fields: object, text: string) => {
    const told = Object.entries(fields).filter(([name]) => name !== "server");
    lines.push(`warn ${text} {${told.map((pair) => pair.join(":")).join(",")}}`);
  });
  log.info.mockImplementation((text: string) => lines.push(`info ${text}`));
  return { presence: new Presence({ server: SERVER, log }), lines };
}

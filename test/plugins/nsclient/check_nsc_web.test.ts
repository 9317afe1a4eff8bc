import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatAny, formatFloat, renderDuration, trimSpace } from "../../../plugins/libc/go-text.ts";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { readWebFlags } from "../../../plugins/nsclient/web/flags.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { isUnderstood } from "../effects.ts";
import { type NormalRule, readTranscripts, replay } from "../oracle.ts";
import { webAgent } from "./web-agent.ts";
import { AGENT_CERTIFICATE, WEB_PLACES } from "./web-places.ts";

describe("the recorded runs of check_nsc_web 0.7.6", () => {
  const servers = new FakeServers();
  let places: Record<string, string> = {};
  beforeAll(async () => {
    const plain = await servers.tcp(webAgent());
    const secure = await servers.tls(AGENT_CERTIFICATE, webAgent());
    places = { [WEB_PLACES.plain]: String(plain), [WEB_PLACES.secure]: String(secure) };
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  it("are answered as recorded", { timeout: 60_000 }, async () => {
    const transcripts = readTranscripts("check_nsc_web").filter(({ file }) => file === "check_nsc_web");
    const replayed = await replay(checkNscWeb, { places }, transcripts);
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal: 264 }, executed: { random: 182 } });
  });
});

/** The body was recorded some seconds after the run. */
const LATER: readonly NormalRule[] = [
  [/'uptime'=\d+s/, "'uptime'=Ns"],
  [/'\/ used'=\d+B/, "'/ used'=NB"],
];

describe("the runs of check_nsc_web at an SNClient 0.49", () => {
  const recorded = readTranscripts("check_nsc_web").filter(({ file }) => file === "check_nsc_web_snclient");
  /** There is a body of SNClient for it, or it needs none. */
  const ANSWERED = [0, 1, 4, 9, 21, 24, 31, 32, 34, 36];
  /** A certificate without names, and a name that a name server does not know. */
  const LEFT_WHEN_RUN = [30, 35];
  const WRONG_USAGE = [29, 37, 39, 40];

  it("are answered as recorded, as far as its bodies were", { timeout: 60_000 }, async () => {
    await using servers = new FakeServers();
    const nameless = createCertificate({ commonNames: ["snclient"], notAfter: inDays(9) });
    const missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    const places = {
      18444: String(await servers.tls(nameless, webAgent())),
      17001: String(await servers.tcp(() => {})),
      18080: String(await servers.tcp((socket) => void socket.once("data", () => socket.end(missing)))),
    };
    const ask = (seqs: readonly number[]) =>
      replay(
        checkNscWeb,
        { places, rules: LATER },
        recorded.filter(({ seq }) => seqs.includes(seq)),
      );
    const answered = await ask(ANSWERED);
    expect(answered.differences).toEqual([]);
    expect(answered.counts.equal).toBe(ANSWERED.length);
    expect((await ask(WRONG_USAGE)).counts).toEqual({ equal: 0, executed: WRONG_USAGE.length, different: 0 });
    const left = await ask(LEFT_WHEN_RUN);
    expect(left.differences.filter((each) => each.includes("CheckDeclined"))).toHaveLength(
      LEFT_WHEN_RUN.length,
    );
  });
});

describe("left to the plugin", () => {
  it.each([
    "",
    "-u https://h:8443",
    "-p x",
    "-u h:8443 -p x",
    "-u https://h:8443/?a=b -p x",
    "-u https://me:you@h -p x",
    "-u https://127.1 -p x",
    "-u https://h:70000 -p x",
    "-u https://h -p x -v",
    "-u https://h -p x -V",
    "-u https://h -p x -h",
    "-u https://h -p x -bogus",
    "-u https://h -p x -t 0",
    "-u https://h -p x -t ten",
    "-u https://h -p x -f 1e3",
    "-u https://h -p x -tlsmin ssl3",
    "-u https://h -p x -tlsmin tls1.3 -tlsmax tls1.2",
    "-u https://h -p x -C cert.pem",
    "-u http://h -p x -ca ca.pem",
    "-u https://h -p x -r check_cpu",
    "-u https://h -p x 'check cpu'",
    "-u https://h -p 'x\ny' check_cpu",
  ])("is %s", (line) => {
    expect(isUnderstood(checkNscWeb, line)).toBe(false);
  });
});

it("takes the password of the environment, unless the line has one", () => {
  const environment = { CHECK_NSC_WEB_PASSWORD: "of the environment", check_nsc_web_timeout: "5:2" };
  expect(readWebFlags(["-u", "x"], environment)?.given.get("p")).toBe("of the environment");
  expect(readWebFlags(["-p", "own"], environment)?.given.get("p")).toBe("own");
  expect(readWebFlags([], environment)?.given.get("t")).toBe("5:2");
  expect(readWebFlags([], { ...environment, check_nsc_web_password: "y" })).toBeUndefined();
});

describe("Go's texts", () => {
  it.each([
    [0, -1, "0"],
    [-0, -1, "-0"],
    [1e22, -1, "10000000000000000000000"],
    [1.5e-7, -1, "0.00000015"],
    [123.456, -1, "123.456"],
    [0.125, 2, "0.12"],
    [1234567.5, 0, "1234568"],
  ])("of %f with %d decimals is %s", (value, decimals, text) => {
    expect(formatFloat(value, decimals)).toBe(text);
  });

  it.each([
    [80, "80"],
    [123456, "123456"],
    [1234567, "1.234567e+06"],
    [1e6, "1e+06"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-2.5, "-2.5"],
  ])("of %f as a threshold is %s", (value, text) => {
    expect(formatAny(value)).toBe(text);
  });

  it("of times have hours and minutes", () => {
    expect([5, 90, 3600, 7325].map(renderDuration)).toEqual(["5s", "1m30s", "1h0m0s", "2h2m5s"]);
  });

  it("are trimmed of every white space that Unicode knows", () => {
    expect(trimSpace("\u00a0\n x y \u2003\u0085")).toBe("x y");
    expect(trimSpace("\ufeffx")).toBe("\ufeffx");
  });
});

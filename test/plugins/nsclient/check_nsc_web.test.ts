import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatAny, formatFloat, renderDuration, trimSpace } from "../../../plugins/libc/go-text.ts";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { readWebFlags } from "../../../plugins/nsclient/web/flags.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { isUnderstood } from "../effects.ts";
import { replay } from "../oracle.ts";
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
    const replayed = await replay(checkNscWeb, { places });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal: 264 }, executed: { random: 182 } });
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

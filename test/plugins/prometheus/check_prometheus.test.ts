import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPrometheus } from "../../../plugins/prometheus/check_prometheus.ts";
import { isThreshold, judgeValue } from "../../../plugins/prometheus/threshold.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createFolder } from "../../support/folder.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays, type ServerCertificate } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Prometheus } from "../../support/servers/prometheus.ts";
import { compareWithPlugin, RUNS, randomLines } from "../differential.ts";
import { isUnderstood } from "../effects.ts";
import { FamilyReport } from "../family-report.ts";
import { type NormalRule, replay } from "../oracle.ts";
import { prometheusLines } from "./lines.ts";
import { DURATION, PROMETHEUS_PLACES } from "./places.ts";

/** No package has this plugin: its file is named by this variable. */
const PLUGIN = process.env["CHECK_PROMETHEUS"] ?? "";
/** Of Debian's Prometheus. */
const VERSION: NormalRule = [/Version: [0-9][^,]*/, "Version: N"];

describe.skipIf(!hasServer("prometheus"))("a real Prometheus", () => {
  const report = new FamilyReport("check_prometheus");
  let server: Prometheus;
  let address = "";
  beforeAll(async () => {
    server = await Prometheus.start();
    address = `--address http://127.0.0.1:${server.port}`;
  }, 60_000);
  afterAll(async () => {
    report.print();
    await server[Symbol.asyncDispose]();
  });

  it.each([
    ["mode ping", 0, /^OK - Version: \d.*, Instance 127\.0\.0\.1:\d+\|'duration'=0\.\d+s;;;0; \n$/],
    ["mode query -q vector(5) -w 3 -c 10", 1, /^WARNING - Query: 'vector\(5\)'\|'\{\}'=5;3;10;; \n$/],
    ["m q -q=1 -c @0:2 -a answer", 2, /^CRITICAL - Alias: 'answer' returned: '1'\|'scalar'=1;;@0:2;; \n$/],
    ["mode query -q up{a='b'} --eqm none --eqs warning", 1, /^WARNING - none\n$/],
    ["mode query -q up{a='b'}", 0, /^ - Query 'up\{a='b'\}' returned no data\.\n$/],
    ["mode query -q up[5m] -w 2:", 1, /^WARNING - Query: 'up\[5m\]'\n$/],
    [
      "mode query -q up{",
      3,
      /^UNKNOWN - Error when executing cli action : bad_data: invalid parameter "query": /,
    ],
    [
      "mode targets_health -w 0.9: -c 0.1:",
      1,
      /^WARNING - There are 1 healthy and 1 unhealthy targets\|.*'targets'=2;;;0; \n$/,
    ],
  ])("answers %s", async (line, returnCode, output) => {
    const words = [...line.split(" "), ...address.split(" ")];
    expect(await runCheck(checkPrometheus, words)).toMatchObject({
      returnCode,
      output: expect.stringMatching(output),
    });
  });

  it("gives the label of a value another name", async () => {
    const words = ["mode", "query", ...address.split(" "), "-q", 'up{instance!~".*:0"}'];
    const search = ["--search", '.*job="(.*?)".*', "--replace", "job $1", "-a", "{{.job}} is {{.xvalue}};"];
    const { output } = await runCheck(checkPrometheus, [...words, ...search]);
    expect(output).toMatch(/^OK - prometheus is [01];prometheus is [01];\|'job prometheus'=[01];;;; 'job/);
  });

  it("answers the recorded runs as check_prometheus 0.0.7 has answered them", async () => {
    const places = {
      [PROMETHEUS_PLACES.server]: String(server.port),
      [PROMETHEUS_PLACES.down]: String(server.downPort),
      [PROMETHEUS_PLACES.nobody]: String(await freePort()),
    };
    const replayed = await replay(checkPrometheus, { places, rules: [DURATION, VERSION] });
    expect(replayed.differences).toEqual([]);
    expect(replayed.counts).toEqual({ equal: 268, executed: 176, different: 0 });
  });

  it.skipIf(PLUGIN === "")("gives the plugin's answers", { timeout: 60_000 + 300 * RUNS }, async () => {
    const rows = prometheusLines(address.split(" "), await freePort());
    const options = { rules: [DURATION], report };
    const { declined, differences } = await compareWithPlugin(
      checkPrometheus,
      PLUGIN,
      randomLines(rows),
      options,
    );
    expect(differences).toEqual([]);
    expect(
      declined.filter((answer) => !/because (?:only the plugin|the server|a range)/.test(answer)),
    ).toEqual([]);
  });
});

describe("left to the plugin", () => {
  it.each([
    "",
    "mode",
    "mode query -x",
    "mode query word",
    "mode query -k -q up",
    "mode query -q up -w -5",
    "mode query -q up -w x",
    "mode query -q up --cookie a=b",
    "mode query -q dXA= --query-encoding base64",
    "mode query -q up -a '{{if .x}}y{{end}}'",
    "mode query -q up --search '(?i)x'",
    "mode query -q up --search x --replace '$1x'",
    "mode query -q up --address ftp://h",
    "mode query -q up --address http://u:p@h",
    "-t 0 mode query -q up",
    "-f 0 mode query -q up",
    "--verbose mode query -q up",
    "mode ping -q up",
  ])("is %s", (line) => {
    expect(isUnderstood(checkPrometheus, line)).toBe(false);
  });
});

it("takes the plugin's thresholds", () => {
  expect(["", "10", "-1:", "~:5", "@1:2", "1.5:2"].every(isThreshold)).toBe(true);
  expect(["x", ":5", "5:1", "1e3", "10;", "~:"].some(isThreshold)).toBe(false);
  const judge = (value: number, warning: string) => judgeValue(value, { warning, critical: "" });
  expect([judge(-1, "10"), judge(10, "10"), judge(1, "@1:2"), judge(3, "@1:2")]).toEqual([1, 0, 1, 0]);
  expect([judge(Number.POSITIVE_INFINITY, "1:"), judge(Number.NaN, "1:")]).toEqual([1, 0]);
});

it.each([
  [401, "client_error: client error: 401"],
  [404, "client_error: client error: 404"],
  [422, "execution: too much"],
  [500, "server_error: server error: 500"],
  [503, "server_error: server error: 503"],
])("status %i is UNKNOWN in the plugin's words, %s", async (status, text) => {
  await using servers = new FakeServers();
  const body = JSON.stringify({ status: "error", errorType: "execution", error: "too much" });
  const answer = `HTTP/1.1 ${status} Odd\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const port = await servers.tcp((socket) => void socket.once("data", () => socket.end(answer)));
  const words = ["mode", "query", "-q", "up", "--address", `http://127.0.0.1:${port}`];
  expect(await runCheck(checkPrometheus, words)).toMatchObject({
    returnCode: 3,
    output: `UNKNOWN - Error when executing cli action : ${text}\n`,
  });
});

it.each([
  [
    "a method that is not allowed",
    (end: (text: string) => void) => end("HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"),
  ],
  ["three bytes", (end: (text: string) => void) => end("abc")],
  ["no JSON", (end: (text: string) => void) => end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")],
  ["another shape", (end: (text: string) => void) => end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")],
])("leaves %s to the plugin, and says UNKNOWN without one", async (_, answer) => {
  await using servers = new FakeServers();
  const port = await servers.tcp(
    (socket) => void socket.once("data", () => answer((text) => socket.end(text))),
  );
  const words = ["mode", "query", "-q", "up", "--address", `http://127.0.0.1:${port}`];
  await expect(runCheck(checkPrometheus, words)).rejects.toMatchObject({
    name: "CheckDeclined",
    otherwise: { state: 3 },
  });
});

/** The answer of a check to a query that the server answers with this. */
async function answerTo(body: string, status = "200 OK") {
  await using servers = new FakeServers();
  const answer = `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const port = await servers.tcp((socket) => void socket.once("data", () => socket.end(answer)));
  const words = ["mode", "query", "-q", "up", "--address", `http://127.0.0.1:${port}`];
  return await runCheck(checkPrometheus, words).catch((error: unknown) => error);
}

const data = (type: string, result: string) =>
  `{"status":"success","data":{"resultType":"${type}","result":${result}}}`;
const NOW = "1795649470.426";

it("labels are in the order of their names, as Go sorts them", async () => {
  const metric = '{"pod2":"b","pod":"a","pod_x":"c","Pod":"d","a1":"e","a":"f"}';
  expect(await answerTo(data("vector", `[{"metric":${metric},"value":[${NOW},"1"]}]`))).toMatchObject({
    output: `OK - Query: 'up'|'{Pod="d", a="f", a1="e", pod="a", pod2="b", pod_x="c"}'=1;;;; \n`,
  });
});

it.each([
  ["a value of long ago", data("scalar", '[100,"1"]')],
  ["a value of long ago in a range", data("matrix", '[{"metric":{},"values":[[-5,"1"]]}]')],
  ["a time with an exponent", data("scalar", '[1795649470e0,"1"]')],
  ["a time with more than milliseconds", data("scalar", '[1795649470.4261,"1"]')],
  ["a value of two points", data("scalar", `[${NOW},"1.2.3"]`)],
  ["a value that is too large", data("scalar", `[${NOW},"1e+400"]`)],
  ["a label without a name", data("vector", `[{"metric":{"":"x"},"value":[${NOW},"1"]}]`)],
  ["a label of a range that is no text", data("matrix", `[{"metric":{"a":1},"values":[[${NOW},"1"]]}]`)],
  ["an error without words", '{"status":"error","data":{"resultType":"vector","result":[]}}'],
  ["a mark of the byte order", `\ufeff${data("scalar", `[${NOW},"1"]`)}`],
])("leaves %s to the plugin", async (_, body) => {
  expect(await answerTo(body)).toMatchObject({ name: "CheckDeclined" });
});

it("leaves an error that says it is none to the plugin", async () => {
  const body = data("scalar", `[${NOW},"1"]`);
  expect(await answerTo(body)).toMatchObject({ returnCode: 0 });
  expect(await answerTo(body, "422 No")).toMatchObject({ name: "CheckDeclined" });
});

it("a silent server is UNKNOWN when the time is up", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(() => {});
  const words = ["-t", "1", "mode", "query", "-q", "up", "--address", `http://127.0.0.1:${port}`];
  const why = `Post "http://127.0.0.1:${port}/api/v1/query": context deadline exceeded`;
  expect(await runCheck(checkPrometheus, words)).toMatchObject({
    returnCode: 3,
    output: `UNKNOWN - Error when executing cli action : ${why}\n`,
  });
});

describe("over https", () => {
  const BODY = '{"status":"success","data":{"resultType":"scalar","result":[1795649470,"5"]}}';
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

  const create = (altNames: readonly string[]) =>
    createCertificate({ commonNames: ["localhost"], altNames, notAfter: inDays(9) });
  const OWN = create(["localhost"]);
  const OTHER = create(["other"]);
  const NAMELESS = create([]);

  async function ask(certificate: ServerCertificate, trusted: ServerCertificate) {
    await using servers = new FakeServers();
    using folder = createFolder();
    const file = join(folder.path, "authorities.pem");
    writeFileSync(file, trusted.cert);
    vi.stubEnv("SSL_CERT_FILE", file);
    vi.stubEnv("SSL_CERT_DIR", undefined);
    const port = await servers.tls(
      certificate,
      (socket) => void socket.once("data", () => socket.end(answer)),
    );
    const words = ["mode", "query", "-q", "5", "--address", `https://localhost:${port}`];
    return { answered: await runCheck(checkPrometheus, words).catch((error: unknown) => error) };
  }

  afterEach(() => void vi.unstubAllEnvs());

  it("trusts the authorities of the system, as the plugin does", async () => {
    expect((await ask(OWN, OWN)).answered).toMatchObject({
      returnCode: 0,
      output: "OK - Query: '5' returned: '5'|'scalar'=5;;;; \n",
    });
  });

  it.each([
    ["another authority", OWN, OTHER],
    ["another name", OTHER, OTHER],
    ["no alternative name", NAMELESS, NAMELESS],
  ] as const)("leaves a certificate of %s to the plugin", async (_, certificate, trusted) => {
    expect((await ask(certificate, trusted)).answered).toMatchObject({
      name: "CheckDeclined",
      otherwise: { state: 3 },
    });
  });
});

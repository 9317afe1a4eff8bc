import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { NATIVE_NSC_KEEPALIVE } from "../../../plugins/nsclient/settings.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import type { NormalRule } from "../oracle.ts";
import { NSC_WEB_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { BODIES, webAgent } from "./web-agent.ts";
import { COMMANDS, given, OPTIONS, plainUrls, SLOW, TLS } from "./web-lines.ts";
import { AGENT_CERTIFICATE } from "./web-places.ts";

/** No package has this plugin: its file is named by this variable. See README.md of test/fixtures/native. */
const PLUGIN = process.env["CHECK_NSC_WEB"] ?? "";

const servers = new FakeServers();
const report = new FamilyReport("check_nsc_web");
const nameless = createCertificate({ commonNames: ["127.0.0.1"], notAfter: inDays(30) });
const expired = createCertificate({ altNames: ["127.0.0.1"], notAfter: inDays(-1) });

/** Why an answer may be left to the plugin when it is run. */
const IS_EXPECTED =
  /because (?:the TLS handshake failed|the certificate cannot be verified|the agent (?:did not answer as a web server does|redirects .*|does not answer behind a redirect|'s .*)|the agent's .*|only the plugin knows .*|the system's authorities .*|a file of certificate or key cannot be read|the file of -config .*)$/;

/**
 * The plugin gives the same time to the request, the handshake and the header. On a busy machine another one
 * of the three timers may fire first, and the plugin names that one.
 */
const TIMER: NormalRule = [
  /net\/http: (?:TLS handshake timeout|timeout awaiting response headers)(?= \(Client\.Timeout exceeded)/g,
  "context deadline exceeded",
];

interface How {
  readonly isKept?: boolean;
}

async function expectSameAnswers(
  lines: Iterable<readonly string[]>,
  { isKept = false }: How = {},
): Promise<void> {
  const settings = new Map([[NATIVE_NSC_KEEPALIVE, isKept]]);
  const compared = await compareWithPlugin(checkNscWeb, PLUGIN, lines, { rules: [TIMER], report, settings });
  expect(compared.differences).toEqual([]);
  expect(compared.declined.filter((answer) => !IS_EXPECTED.test(answer))).toEqual([]);
}

describe.skipIf(PLUGIN === "")("the same answers as the plugin", () => {
  const timeout = 120_000 + 300 * RUNS;
  let plain: Choices = [];
  let secure: Choices = [];
  let speechless: Choices = [];
  let hosts: readonly string[] = [];
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "nsc-web-"));
    writeFileSync(join(folder, "ca.pem"), AGENT_CERTIFICATE.cert);
    writeFileSync(join(folder, "key.pem"), AGENT_CERTIFICATE.key);
    const nobody = await freePort();
    const http = await servers.tcp(webAgent());
    const https = await servers.tls(AGENT_CERTIFICATE, webAgent());
    const odd = [await servers.tls(nameless, webAgent()), await servers.tls(expired, webAgent())];
    plain = plainUrls(http, nobody);
    hosts = [`https://127.0.0.1:${https}`, `https://localhost:${https}/`];
    secure = given("-u", [
      ...[...hosts, ...hosts],
      ...odd.map((port) => `https://127.0.0.1:${port}`),
      `http://127.0.0.1:${https}`,
    ]);
    speechless = given("-u", [`https://127.0.0.1:${http}`]);
  });
  afterAll(async () => {
    report.print();
    await servers[Symbol.asyncDispose]();
  });
  const every = (part: number, ...rows: readonly Choices[]) => randomLines(rows, { count: share(part) });

  it("over HTTP", { timeout }, () => expectSameAnswers(every(0.35, plain, ...OPTIONS, COMMANDS)));

  it("over TLS", { timeout }, () => {
    const files: Choices = [
      ["-ca", join(folder, "ca.pem")],
      ["-C", join(folder, "ca.pem"), "-K", join(folder, "key.pem")],
      ["-ca", join(folder, "none.pem")],
      ["-C", join(folder, "ca.pem")],
    ];
    return expectSameAnswers(every(0.25, secure, seldom(files, 4), ...TLS, ...OPTIONS, COMMANDS));
  });

  it("as configurations call it, over connections that are kept", { timeout }, async () => {
    const macros = {
      URL: hosts,
      PASSWORD: ["webpass", "x"],
      COMMAND: Object.keys(BODIES),
      WARN: ["80", "90"],
    };
    await expectSameAnswers(realLines(NSC_WEB_FORMS, macros, { count: share(0.3) }), { isKept: true });
  });

  it("of odd agents, over connections that are kept", { timeout }, () =>
    expectSameAnswers(
      every(0.1, [...plain.slice(0, 3), ...secure.slice(0, 2)], [["-k"]], ...OPTIONS, COMMANDS),
      {
        isKept: true,
      },
    ),
  );

  it("of agents that take too long", { timeout }, () =>
    expectSameAnswers(
      every(
        0.01,
        [...plain.slice(0, 3), ...secure.slice(0, 2), ...speechless],
        [["-k"]],
        [["-p", "x"]],
        given("-t", ["1", "1:2"]),
        seldom([
          ["-a", "1"],
          ["-e", "1"],
        ]),
        SLOW.map((name) => [name, "a=b"]),
      ),
    ),
  );

  it("with options of a file", { timeout }, () => {
    const texts = [
      "p secret\nk\n\n# comment\n",
      "p=x\nquery=both a b\n",
      "t 5:1\np=x y\nk=1\r\n",
      "bogus=1\np=x\n",
      "p=x\nk=maybe\n",
      "p=x\nf 2\nl admin\na=1\n",
      "v\np=x\n",
    ];
    const files = texts.map((text, at) => {
      const file = join(folder, `${at}.conf`);
      writeFileSync(file, text, "latin1");
      return file;
    });
    const configs = given("-config", [...files, join(folder, "none.conf")]);
    return expectSameAnswers(
      every(0.05, plain, configs, seldom([["-p", "own"], ["-k"], ["-t", "8"]]), COMMANDS),
    );
  });
});

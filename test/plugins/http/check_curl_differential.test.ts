import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nginx, startNginx, startTlsNginx, type TlsNginx } from "../../support/servers/nginx.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { CUTS, Cutter } from "../cutter.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import type { NormalRule } from "../oracle.ts";
import { HTTP_FORMS, HTTPS_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { listPaths, listRedirects, oddServer } from "./pages.ts";

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const JUDGEMENT: readonly Choices[] = [
  seldom(given("-s", ["hello", "World", "nothing", "x".repeat(29), "y".repeat(30), "caf\xc3\xa9", ""]), 7),
  seldom(given("-d", ["Server", "A: b", "HTTP/1.1 200", "nothing", "z".repeat(40)]), 8),
  seldom(given("-e", ["200", "HTTP/1.1 200,404", "OK", "", ",", "ICY,5", "HTTP/1.0"]), 8),
  seldom([["-l"], ["--linespan"]], 8),
  seldom(
    [
      ...given("-r", ["hello", "^hello", "hel+o( |\n)+[A-Z]", "[^<>]$"]),
      ...given("-R", ["HELLO", "nothing"]),
    ],
    6,
  ),
  seldom([["--invert-regex"]], 8),
  seldom(given("-m", ["10", "100:200", "1:100000", "0", "250:251"]), 7),
  seldom([["-B"], ["--show-body"]], 8),
  seldom([["-L"], ["-n"]], 8),
  seldom(given("-w", ["0.000001", "50", "0:50", "@0:50", "20:", "~:30", "x"]), 7),
  seldom(given("-c", ["0.000001", "50", "99.9", ":80", "@90:100"]), 7),
  seldom([["-t5"], ["--timeout=8"], ["-t", "0"]], 8),
  seldom([["-M", "1d"], ["-N"], ["-E"], ["-v"], ["-D"], ["--http-version=1.1"], ["-S"], ["-C", "10"]], 9),
];

const REQUEST: readonly Choices[] = [
  seldom(
    [
      ["-a", "mon:secret"],
      ["-a", "mon:bad"],
      ["-a", "nocolon"],
    ],
    7,
  ),
  seldom(
    [
      ["-P", "a=b"],
      ["-P", "c\xc3\xa9", "-P", "second"],
      ["--post=", "-T", "text/x"],
    ],
    7,
  ),
  seldom(
    [
      ["-j", "POST"],
      ["-j", "HEAD"],
      ["-j", "DELETE"],
      ["-j", "OPTIONS"],
      ["-j", "PUT"],
      ["-j", ""],
    ],
    7,
  ),
  seldom([["-T", "text/plain"]], 8),
  seldom(
    [
      ["-k", "X-Test: abc"],
      ["-k", "A: b", "--header=C:d"],
      ["-k", "Host: other"],
      ["-k", "X;"],
    ],
    7,
  ),
  seldom([["-A", "my agent"], ["--useragent=x"]], 7),
];

const FOLLOW: Choices = given("-f", ["ok", "warning", "critical", "unknown", "follow", "sticky", "curl"]);
const url = (paths: readonly string[]): Choices => paths.map((path) => ["-u", path]);
const NGINX_PATHS = [
  "/",
  "/nope",
  "/err",
  "/forbidden",
  "/auth",
  "/post",
  "/hdr",
  "/redir",
  "/a/../b",
  "/x#y",
  "/?a=b",
];

/** libcurl measures times in its texts, and the plugin's agent names its libraries. */
const RULES: readonly NormalRule[] = [
  [/\bafter \d+ ms/g, "after N ms"],
  [/\bafter \d+ milliseconds/g, "after N milliseconds"],
  [/check_curl\/v2\.3\.3 \(monitoring-plugins 2\.3\.3[^\r\n]*/g, "AGENT"],
];
const SIZE: readonly NormalRule[] = [
  [/\b\d+ bytes in/g, "N bytes in"],
  [/\bsize=\d+B/g, "size=NB"],
  [/page size \d+ too \w+/g, "page size N"],
];
/** What switches TLS on: the last of these words says which versions there may be. */
const VERSIONS: Choices = [
  ...[["-S"], ["--ssl"], ["-S", "--sni"], ["-S1.2"], ["-S1.2+"], ["--ssl=1.1+"], ["-S1"], ["-S1.3"]],
  ...[["-S1.3+"], ["-S1.0+"], ["--ssl=1.2+x"], ["-S1.2+", "-S1.1"], ["-S3"], ["-S2+"], ["-S1.4"], ["--ssl="]],
];
const CERTIFICATES: Choices = [
  ...given("-C", ["30", "10", "25,21", "0", "200,150", "101", "9999,5000"]),
  ["--certificate=25,20"],
  ["-C", "x"],
];
/** The answers whose end does not depend on how TLS ends. */
const TLS_PATHS = listPaths().filter((path) => /chunks|204|304|status|large|hang/.test(path));

const MACROS = {
  HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
  NAME: ["www.example.org", "localhost"],
  URL: ["/", ...NGINX_PATHS, ...NGINX_PATHS, ...listPaths()],
  TEXT: ["Welcome", "OK", "hello", "World", "works"],
  PATTERN: ["Hello.*works", "^hello", "(up|ok)", "W[o]rld"],
  STATUS: ["200", "200,301,302", "401", "HTTP/1.1 200", "403,404"],
  LOGIN: ["mon:secret", "mon:bad", "nobody:"],
  WARN: ["1", "2", "5"],
  CRIT: ["6", "9.5", "10"],
};

/** Why an answer may be left to the plugin when it is run. */
const IS_EXPECTED =
  /because (?:the TLS handshake failed|only libcurl .*|only the plugin knows .*|a server reset .*|the name has addresses .*|the page is too large .*)$/;

const PLUGIN = findPlugin("check_curl");
const isHere = PLUGIN !== undefined && hasServer("check_curl") && hasServer("libcurl") && hasServer("nginx");

describe.skipIf(!isHere)("the same answers as check_curl", () => {
  const timeout = 90_000 + 200 * RUNS;
  const servers = new FakeServers();
  const report = new FamilyReport("check_curl");
  let nginx: Nginx;
  let odd = 0;
  let nobody = 0;
  let versions: TlsNginx;
  let oddTls = 0;
  beforeAll(async () => {
    vi.stubEnv("LC_ALL", "C.UTF-8"); // as the plugin is run
    nginx = await startNginx();
    odd = await servers.tcp(oddServer({ plain: 0, tls: 0 }));
    nobody = await freePort();
    versions = await startTlsNginx();
    const certificate = createCertificate({ commonNames: ["odd.example"], notAfter: inDays(20.5) });
    oddTls = await servers.tls(certificate, oddServer({ plain: 0, tls: 0 }));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    report.print();
    await Promise.all([servers, nginx, versions].map((each) => each[Symbol.asyncDispose]()));
  });

  const expectSame = async (lines: Iterable<readonly string[]>, rules: readonly NormalRule[] = []) => {
    const { declined, differences } = await compareWithPlugin(checkCurl, PLUGIN ?? "", lines, {
      rules: [...RULES, ...rules],
      report,
    });
    expect(differences).toEqual([]);
    expect(declined.filter((answer) => !IS_EXPECTED.test(answer))).toEqual([]);
  };
  const every = (part: number, ...rows: readonly Choices[]) => randomLines(rows, { count: share(part) });

  it("of pages in odd forms", { timeout }, () =>
    expectSame(every(0.3, at(odd), url(listPaths()), ...JUDGEMENT)),
  );

  it("of redirects", { timeout }, () =>
    expectSame(every(0.05, at(odd), url(listRedirects()), FOLLOW, ...JUDGEMENT.slice(0, 3))),
  );

  it("of requests, as the server saw them", { timeout }, () =>
    expectSame(every(0.1, at(odd), [["-u", "/echo", "-B"]], ...REQUEST), SIZE),
  );

  it("of nginx", { timeout }, () =>
    expectSame(every(0.3, at(nginx.port), url(NGINX_PATHS), ...REQUEST, FOLLOW, ...JUDGEMENT), SIZE),
  );

  it("of lines as configurations have them", { timeout }, () => {
    const macros = { ...MACROS, PORT: [nginx.port, nginx.port, odd, nobody].map(String) };
    return expectSame(realLines(HTTP_FORMS, macros, { count: share(0.2) }), SIZE);
  });

  it("over TLS", { timeout }, async () => {
    const secure = [VERSIONS, seldom(CERTIFICATES, 5), seldom([["--continue-after-certificate"]], 4)];
    const files = seldom(
      [
        ["-K", "/dev/null"],
        ["-J", "/dev/null", "-K", "/nothing"],
      ],
      9.5,
    );
    const rows = [...secure, files, at(nginx.tlsPort), url(NGINX_PATHS), ...REQUEST, FOLLOW, ...JUDGEMENT];
    await expectSame(every(0.2, ...rows), SIZE);
    await expectSame(every(0.05, ...secure, at(oddTls), url(TLS_PATHS), ...JUDGEMENT));
  });

  it("over TLS, of servers with one version of it", { timeout }, () => {
    const places = Object.values(versions.ports).flatMap(at);
    return expectSame(every(0.1, VERSIONS, seldom(CERTIFICATES), places, ...JUDGEMENT), SIZE);
  });

  it("over TLS, of lines as configurations have them", { timeout }, () => {
    const ports = [nginx.tlsPort, nginx.tlsPort, oddTls, ...Object.values(versions.ports)].map(String);
    const macros = { ...MACROS, PORT: ports };
    return expectSame(realLines(HTTPS_FORMS, macros, { count: share(0.1) }), SIZE);
  });

  it("over TLS, where nothing answers as it should", { timeout }, async () => {
    const silent = await servers.tcp(() => {});
    const closing = await servers.tcp((socket) => socket.end());
    const resetting = await servers.tcp((socket) => void socket.resetAndDestroy());
    const full = await servers.full();
    const here = ["-H", "127.0.0.1", "-p"];
    const places = [
      ...[nobody, odd, closing, resetting].map((port) => [...here, String(port)]),
      ["-I", "127.0.0.1", "-H", "vhost.example", "-p", String(nobody)],
      ["-I", "localhost", "-p", String(nobody), "-4"],
      [...here, String(silent), "-t", "1"],
      [...here, String(silent), "-t1", "-c", "1.5", "-H", "vhost.example"],
      [...here, String(full), "-t", "1"],
      [...here, String(oddTls), "-u", "/hang", "-t", "1"],
      [...here, String(oddTls), "-u", "/end/reset"],
      [...here, String(oddTls), "-u", "/empty"],
      ["-H", "no.such.host.invalid", "-L"],
      ["-I", "no.such.host.invalid"],
      ["-I", "no.such.host.invalid", "-H", "localhost"],
      ["-H", "127.0.0.1", "-6", "-p", String(nobody)],
    ];
    await expectSame(every(0.06, places, [["-S"], ["-S1.2"], ["-C", "10"]]));
  });

  it.each(CUTS)("over TLS, of pages whose bytes come $how", { timeout }, async ({ cut }) => {
    await using cutter = await Cutter.to(oddTls, cut);
    const paths = TLS_PATHS.filter((path) => !/large|hang/.test(path));
    await expectSame(every(0.02, [["-S"], ["-C", "10"]], at(cutter.port), url(paths), ...JUDGEMENT));
  });

  it.each(CUTS)("of pages whose bytes come $how", { timeout }, async ({ cut }) => {
    await using cutter = await Cutter.to(odd, cut);
    const paths = listPaths().filter((path) => !/large|reset|parts|hang/.test(path));
    await expectSame(every(0.03, at(cutter.port), url(paths), ...JUDGEMENT));
  });

  it("where nothing answers as it should", { timeout }, () => {
    const place = ["-H", "127.0.0.1", "-p", String(odd)];
    const places = [
      ["-H", "127.0.0.1", "-p", String(nobody)],
      ["-H", "localhost", "-p", String(nobody), "-4"],
      ["-H", "no.such.host.invalid", "-L"],
      ["-I", "no.such.host.invalid", "-H", "localhost"],
      ["-H", "127.0.0.1", "-p", "0"],
      [...place, "-u", "/end/parts", "-s", "hello"],
      [...place, "-u", "/end/reset", "-s", "hello"],
      [...place, "-u", "/hang", "-t1", "-L"],
      [...place, "-u", "/hang", "-t", "1", "-c", "1.5"],
    ];
    return expectSame(every(0.03, places));
  });

  /** All forms in which a host can be given. */
  function at(port: number): Choices {
    return [
      ["-H", "127.0.0.1", "-p", String(port)],
      ["-I", "127.0.0.1", "-p", String(port)],
      ["-I", "127.0.0.1", "-H", "vhost.example", `--port=${port}`],
      ["-H", `localhost:${port}`, "-4"],
      ["-I", "127.0.0.1", "-p", String(port), "-H", "vhost.example:8080"],
      ["-p", String(port), "127.0.0.1"],
      ["-p", String(port), "127.0.0.1", "vhost.example"],
      ["-I", "127.0.0.1", "-H", `vhost.example:${port}`],
    ];
  }
});

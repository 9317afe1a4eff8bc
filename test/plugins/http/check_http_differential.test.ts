import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nginx, startNginx, startTlsNginx, type TlsNginx } from "../../support/servers/nginx.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { CUTS, Cutter } from "../cutter.ts";
import {
  type Choices,
  compareWithPlugin,
  IS_TO_BE_LEFT,
  RUNS,
  randomLines,
  seldom,
  share,
} from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import type { NormalRule } from "../oracle.ts";
import { HTTP_FORMS, HTTPS_FORMS } from "../real-forms.ts";
import { type Macros, realLines } from "../real-lines.ts";
import { listPaths, listRedirects, oddServer } from "./pages.ts";

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const STRINGS = [
  "hello",
  "World",
  "nothing",
  "caf\xc3\xa9",
  "x".repeat(29),
  "y".repeat(30),
  "",
  "method PUT",
];

const PATTERNS = [
  "hello",
  "^hello",
  "hello$",
  "^World$",
  "h.*o",
  "hel+o( |\n)+[A-Z]",
  "status: *(up|ok)$",
  "[0-9]{2,4}",
  "[^<>]$",
  "caf..",
  "(hello|World).*\\.",
  "[[:digit:]]+|[[:space:]]W",
  "l{2}\\s*o",
  "nothing",
  "(a|b)*c?$",
  "x{200}",
  "caf\xc3\xa9",
  "[\xc3\xa9x]+ ",
  "\\dl|\\yes",
];

const HEADERS = [
  ["-k", "X-Test: abc"],
  ["-k", "Host: other.example"],
  ["-k", "Host: one", "-k", "A: b", "--header=Host: two"],
];

/** Options that say what the page must be like. */
const JUDGEMENT: readonly Choices[] = [
  seldom([...given("-s", STRINGS), ["--string=hello"]], 7),
  seldom([...given("-d", ["Server", "A: b", "nothing", "z".repeat(40)]), ["--header-string=odd"]], 8),
  seldom([...given("-e", ["200", "HTTP/1.1 200,404", "OK", "", ",", "ICY,5"]), ["--expect=30"]], 8),
  seldom([["-l"], ["--linespan"]], 7),
  seldom([...given("-r", PATTERNS), ...given("-R", PATTERNS), ["--ereg", "hello"], ["--eregi=HELLO"]], 6),
  seldom([["--invert-regex"], ["--inv"]], 8),
  seldom([...given("-m", ["10", "100:200", "1:100000", "0", "250:251"]), ["--pagesize=300"]], 7),
  seldom([...given("-M", ["1", "3h", "1d", "10d", "9999d", "0s", "5m"]), ["--max-age=2h"]], 7),
  seldom([["-N"], ["--no-body"]], 9),
  seldom([["-B"], ["--show-body"]], 8),
  seldom([["-E"], ["--extended-perfdata"]], 8),
  seldom([["-L"], ["-n"], ["-nohtml", "-L"], ["--link"]], 8),
  seldom([...given("-w", ["0.000001", "50", "0:50", "@0:50", "20:", "~:30", "x"]), ["-wt", "9"]], 7),
  seldom([...given("-c", ["0.000001", "50", "99.9", ":80", "@90:100"]), ["--critical=7"]], 7),
  seldom([["-t5"], ["--timeout=8"], ["-to", "9"], ["-t", "0"]], 8),
];

/** Options that change the request. */
const REQUEST: readonly Choices[] = [
  seldom([["-a", "mon:secret"], ["-a", "mon:bad"], ["--authorization=caf\xc3\xa9:x"]], 8),
  seldom([["-b", "proxy:secret"]], 9),
  seldom([["-P", "a=b"], ["-P", "c\xc3\xa9", "-P", "second"], ["--post=x"]], 8),
  seldom([["-j", "PUT"], ["-j", "HEAD"], ["--method=GET:POST"], ["-j", ""]], 8),
  seldom([["-T", "text/plain"]], 8),
  seldom(HEADERS, 8),
  seldom([["-A", "my agent"], ["--useragent=x"]], 8),
];

const FOLLOW: Choices = [
  ...given("-f", ["ok", "warning", "critical", "unknown", "follow", "follow", "sticky", "stickyport"]),
  ["--onredirect=follow", "--max-redirs=2"],
  ["-f", "follow", "--max-redirs", "0"],
];

const url = (paths: readonly string[]): Choices => paths.map((path) => ["-u", path]);

/** `Connection: keep-alive` is longer than `Connection: close`, and the server repeats it. */
const SIZE: readonly NormalRule[] = [
  [/\b\d+ bytes in/g, "N bytes in"],
  [/\bsize=\d+B/g, "size=NB"],
];

const NGINX_PATHS = ["/", "/nope", "/err", "/forbidden", "/auth", "/post", "/hdr", "/redir", "/redirrel"];

/** What configurations ask for, and what they expect. */
const MACROS: Macros = {
  HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
  NAME: ["www.example.org", "vhost.example", "localhost"],
  URL: ["/", ...NGINX_PATHS, ...NGINX_PATHS, ...listPaths(), ...listRedirects()],
  TEXT: ["Welcome", "OK", "hello", "World", "works"],
  PATTERN: ["Hello.*works", "^hello", 'global_alert":false', "(up|ok)", "W[o]rld"],
  STATUS: ["200", "200,301,302", "401", "HTTP/1.1 200", "HTTP/1.1 401", "403,404"],
  LOGIN: ["mon:secret", "mon:bad", "nobody:"],
  WARN: ["1", "2", "5"],
  CRIT: ["6", "9.5", "10"],
};

const AGE: NormalRule = [/modified 1:0\d:\d\d ago/g, "modified an hour ago"];

describe.skipIf(!hasServer("check_dummy") || !hasServer("nginx")).each([
  { how: "each over a connection of its own", nativeHttpKeepalive: false },
  { how: "over connections that are kept", nativeHttpKeepalive: true },
])("the same answers as the plugin, $how", ({ how, nativeHttpKeepalive }) => {
  const servers = new FakeServers();
  const report = new FamilyReport(`check_http, ${how}`);
  /** Half of the lines are enough to see that a connection that was left gives the same answers. */
  const part = (lines: number) => share(nativeHttpKeepalive ? lines / 2 : lines);
  const ports = { plain: 0, tls: 0 };
  let nginx: Nginx;
  let versions: TlsNginx;
  let plain: Choices = [];
  let tls: Choices = [];
  let nobody = 0;
  let odd = 0;
  let refusing = 0;
  beforeAll(async () => {
    vi.stubEnv("LC_ALL", "C.UTF-8"); // as the plugin is run
    nginx = await startNginx();
    versions = await startTlsNginx();
    nobody = await freePort();
    const serve = oddServer(ports);
    ports.plain = odd = await servers.tcp(serve);
    ports.tls = await servers.tls(
      createCertificate({ commonNames: ["odd.example"], notAfter: inDays(20.5) }),
      serve,
    );
    refusing = await servers.tcp((socket) => {
      socket.write("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\nbusy");
      socket.resetAndDestroy();
    });
    plain = at(ports.plain);
    tls = at(ports.tls);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    report.print();
    await Promise.all([servers, nginx, versions].map((each) => each[Symbol.asyncDispose]()));
  });

  /** The odd server sends the same header to every client. */
  const counted = nativeHttpKeepalive ? SIZE : [];
  const timeout = 60_000 + 200 * RUNS;

  it("of pages in odd forms", { timeout }, () =>
    expectSame([plain, url(listPaths()), ...JUDGEMENT], { count: part(0.25) }),
  );

  it("of redirects", { timeout }, () =>
    expectSame([plain, url(listRedirects()), FOLLOW, ...JUDGEMENT.slice(0, 3)], { count: part(0.12) }),
  );

  it("of requests, as the server saw them", { timeout }, () =>
    expectSame([plain, [["-u", "/echo", "-B"]], ...REQUEST], { count: part(0.08) }),
  );

  it("of nginx", { timeout }, () => {
    const rows = [at(nginx.port), url(NGINX_PATHS), ...REQUEST, FOLLOW, ...JUDGEMENT];
    return expectSame(rows, { count: part(0.12), rules: counted });
  });

  it("over TLS", { timeout }, () => {
    const secure = seldom([["-C", "30"], ["-C", "10"], ["-C", "25,21"], ["--certificate=25,20"], ["-C0"]], 5);
    const named = ["-I", "127.0.0.1", "-H", "vhost.example", "-p", String(nginx.tlsPort), "--sni"];
    const address = ["-H", "127.0.0.1", "-p", String(nginx.tlsPort), "--sni"];
    const rows = [
      [["-S"], ["--ssl"], ["-S1.2"], ["-S1.2+"], ["--ssl=1.1+"], ["-S1"], ["-S1.3+"]],
      secure,
      seldom([["--continue-after-certificate"]], 4),
      [...tls, ...at(nginx.tlsPort), ...at(nginx.port), named, address],
      url([
        "/",
        "/bytes/lines",
        "/bytes/large",
        "/chunks/large",
        "/empty",
        "/redirect/7",
        "/redirect/8",
        "/redirect/21",
      ]),
      FOLLOW,
      ...JUDGEMENT,
    ];
    return expectSame(rows, { count: part(0.1), rules: counted });
  });

  it("of servers with one version of TLS", { timeout }, () => {
    const places = Object.values(versions.ports).flatMap(at);
    const versioned = [
      ["-S"],
      ["-S1"],
      ["-S1.1"],
      ["-S1.2"],
      ["-S1+"],
      ["-S1.1+"],
      ["-S1.2+"],
      ["--ssl=1.3+"],
    ];
    const certificate = seldom(
      [
        ["-C", "30"],
        ["-C", "200,150"],
        ["-C", "101"],
      ],
      7,
    );
    const rows = [versioned, certificate, seldom([["--sni"]], 7), places, ...JUDGEMENT];
    return expectSame(rows, { count: part(0.07), rules: counted });
  });

  it("of lines as configurations have them", { timeout }, async () => {
    const macros = { ...MACROS, PORT: [nginx.port, nginx.port, ports.plain, nobody].map(String) };
    const lines = realLines(HTTP_FORMS, macros, { count: part(0.12) });
    await expectSameLines(lines, counted);
  });

  it("of lines as configurations have them for TLS", { timeout }, async () => {
    const every = [nginx.tlsPort, nginx.tlsPort, ports.tls, ...Object.values(versions.ports)];
    const lines = realLines(HTTPS_FORMS, { ...MACROS, PORT: every.map(String) }, { count: part(0.07) });
    await expectSameLines(lines, counted);
  });

  it.each(CUTS)("of pages whose bytes come $how", { timeout }, async ({ cut }) => {
    await using plainCutter = await Cutter.to(ports.plain, cut);
    await using tlsCutter = await Cutter.to(ports.tls, cut);
    const paths = [...listPaths(), ...listRedirects()].filter((path) => !/large|reset|parts/.test(path));
    // With -N the plugin stops to read where the header ends in a piece.
    const judged = JUDGEMENT.filter((row) => !row.flat().includes("-N"));
    await expectSame([at(plainCutter.port), url(paths), FOLLOW, ...judged], { count: part(0.03) });
    await expectSame([at(tlsCutter.port), [["-S"]], url(paths), FOLLOW, ...judged], { count: part(0.02) });
  });

  it("where nothing answers as it should", { timeout }, () => {
    const port = String(odd);
    const busy = ["-H", "127.0.0.1", "-p", String(refusing)];
    const places = [
      busy,
      [...busy, "-e", "503"],
      [...busy, "-s", "busy", "-t", "3"],
      ["-H", "127.0.0.1", "-p", String(nobody)],
      ["-I", "127.0.0.1", "-p", String(nobody), "-S"],
      ["-H", "no.such.host.invalid", "-L"],
      ["-I", "no.such.host.invalid", "-H", "localhost"],
      ["-H", "255.255.255.255"],
      ["-4", "-H", "::1"],
      ["-4", "-H", "::ffff:127.0.0.1", "-p", port],
      ["-4", "-I", "[::ffff:7f00:1]", "-H", "x", "-p", port],
      ["-6", "-H", "127.0.0.1"],
      ["-H", "[127.0.0.1]", "-p", String(nobody)],
      ["-H", "127.0.0.1", "-p", port, "-u", "/end/parts", "-s", "hello"],
      ["-H", "127.0.0.1", "-p", port, "-u", "/end/reset", "-s", "hello"],
      ["-H", "127.0.0.1", "-p", port, "-u", "/end/reset-at-once"],
      ["-H", "127.0.0.1", "-p", port, "-u", "/hang", "-t1", "-L"],
      ["-H", "127.0.0.1", "-p", port, "-u", "/hang", "-t", "1", "-c", "1.5"],
      ["-H", "127.0.0.1", "-p", port, "-S", "-t", "1", "-u", "/hang"],
    ];
    return expectSame([places], { count: part(0.03) });
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
      ["-hn", "127.0.0.1:80", "-H", "localhost", "-p", String(port)],
    ];
  }

  async function expectSame(
    rows: readonly Choices[],
    { count, rules = [] }: { readonly count: number; readonly rules?: readonly NormalRule[] },
  ): Promise<void> {
    await expectSameLines(randomLines(rows, { count }), rules);
  }

  async function expectSameLines(
    lines: Iterable<readonly string[]>,
    rules: readonly NormalRule[],
  ): Promise<void> {
    const { executed, declined, differences } = await compareWithPlugin(
      checkHttp,
      findPlugin("check_http") ?? "",
      lines,
      {
        rules: [AGE, ...rules],
        settings: new Map([[NATIVE_HTTP_KEEPALIVE, nativeHttpKeepalive]]),
        report,
      },
    );
    expect(differences).toEqual([]);
    expect(declined.filter((answer) => !IS_TO_BE_LEFT.test(answer))).toEqual([]);
    expect(executed).toBe(0);
  }
});

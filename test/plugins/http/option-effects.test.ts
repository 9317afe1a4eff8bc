import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import {
  type Effects,
  expectEffect,
  expectEqual,
  isUnderstood,
  listFollowed,
  listLeft,
  type Places,
  Witness,
} from "../effects.ts";
import { oddServer } from "./pages.ts";

const AT = "-I 127.0.0.1 -p PORT";
const LINES = `${AT} -u /bytes/lines`;
const OVER_TLS = "-I 127.0.0.1 -H some.example -p TLS -S";

/** For each option of the table a line without it, and the same line with it. */
const EFFECTS: Effects = {
  "-H, --hostname=NAME[:PORT]": [AT, `${AT} -H some.example`],
  "-I, --IP-address=ADDRESS": ["-H 127.0.0.1 -p PORT", "-H 127.0.0.1 -I 127.0.0.2 -p PORT"],
  "-p, --port=PORT": ["-H 127.0.0.1:CLOSED", "-H 127.0.0.1:CLOSED -p PORT"],
  "-4, --use-ipv4": ["-H ::1 -p CLOSED", "-4 -H ::1 -p CLOSED"],
  "-6, --use-ipv6": ["-H 127.0.0.1 -p PORT", "-6 -H 127.0.0.1 -p PORT"],
  "-S, --ssl[=VERSION]": ["-H localhost -p PORT -t 1", "-H localhost -p TLS -t 1 -S"],
  "--sni": [OVER_TLS, `${OVER_TLS} --sni`],
  "-C, --certificate=DAYS[,DAYS]": [OVER_TLS, `${OVER_TLS} -C 30`],
  "--continue-after-certificate": [`${OVER_TLS} -C 5`, `${OVER_TLS} -C 5 --continue-after-certificate`],
  "-J, --client-cert=FILE": [`${OVER_TLS} -K KEY`, `${OVER_TLS} -K KEY -J CERTIFICATE`],
  "-K, --private-key=FILE": [
    `${OVER_TLS} -J CERTIFICATE -K OTHER`,
    `${OVER_TLS} -J CERTIFICATE -K OTHER -K KEY`,
  ],
  "-u, --url=PATH": [AT, LINES],
  "-P, --post=TEXT": [AT, `${AT} -P a=b`],
  "-j, --method=METHOD": [AT, `${AT} -j PUT`],
  "-T, --content-type=TYPE": [`${AT} -P a=b`, `${AT} -P a=b -T text/plain`],
  "-A, --useragent=TEXT": [AT, `${AT} -A me`],
  "-k, --header=LINE": [AT, `${AT} -k 'X-Test: abc'`],
  "-a, --authorization=USER:PASSWORD": [AT, `${AT} -a mon:secret`],
  "-b, --proxy-authorization=USER:PASSWORD": [AT, `${AT} -b mon:secret`],
  "-e, --expect=TEXT,…": [LINES, `${LINES} -e 404`],
  "-d, --header-string=TEXT": [LINES, `${LINES} -d nothing`],
  "-s, --string=TEXT": [LINES, `${LINES} -s nothing`],
  "-r, --regex, --ereg=PATTERN": [LINES, `${LINES} -r HELLO`],
  "-R, --eregi=PATTERN": [`${LINES} -r HELLO`, `${LINES} -R HELLO`],
  "-l, --linespan": [`${LINES} -r hello.World`, `${LINES} -l -r hello.World`],
  "--invert-regex": [`${LINES} -r hello`, `${LINES} -r hello --invert-regex`],
  "-m, --pagesize=MIN[:MAX]": [LINES, `${LINES} -m 5000`],
  "-M, --max-age=AGE": [`${AT} -u /dates/old`, `${AT} -u /dates/old -M 1h`],
  "-N, --no-body": [`${AT} -u /bytes/large`, `${AT} -u /bytes/large -N`],
  "-B, --show-body": [LINES, `${LINES} -B`],
  "-f, --onredirect=HOW": [`${AT} -u /loop2`, `${AT} -u /loop2 -f follow`],
  "--max-redirs=COUNT": [`${AT} -u /redirect/0 -f follow`, `${AT} -u /redirect/0 -f follow --max-redirs 0`],
  "-w, --warning=RANGE": [LINES, `${LINES} -w @0:50`],
  "-c, --critical=RANGE": [LINES, `${LINES} -c @0:50`],
  "-t, --timeout=SECONDS": [`${AT} -u /hang -t 2`, `${AT} -u /hang -t 2 -t 1`],
  "-E, --extended-perfdata": [LINES, `${LINES} -E`],
  "-L, --link": [LINES, `${LINES} -L`],
  "-n, --nohtml": [`${LINES} -L`, `${LINES} -L -n`],
  "[ADDRESS [NAME]]": [AT, `${AT} some.example`],
};

it("every option has a line", () => {
  expect(Object.keys(EFFECTS).sort()).toEqual([...listFollowed(checkHttp)].sort());
});

it.each(listLeft(checkHttp).flatMap((text) => text.split(", ")))("%s is left to the plugin", (spelling) => {
  expect(isUnderstood(checkHttp, "-H localhost")).toBe(true);
  expect(isUnderstood(checkHttp, `-H localhost ${spelling}`)).toBe(false);
});

describe.skipIf(!hasServer("check_dummy"))("is followed as by the plugin:", () => {
  const servers = new FakeServers();
  const witness = new Witness();
  const folder = mkdtempSync(join(tmpdir(), "check-http-"));
  let places: Places = {};
  beforeAll(async () => {
    const own = createCertificate({ commonNames: ["us"], notAfter: inDays(20.5) });
    const other = createCertificate({ commonNames: ["them"], notAfter: inDays(20.5) });
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const ports = { plain: 0, tls: 0 };
    const serve = witness.watch(oddServer(ports));
    ports.plain = witness.add(await servers.tcp(serve));
    ports.tls = await servers.tls({ ...other, requestCert: true, rejectUnauthorized: false }, serve);
    places = {
      PORT: ports.plain,
      TLS: ports.tls,
      CLOSED: await freePort(),
      CERTIFICATE: file("cert.pem", own.cert),
      KEY: file("key.pem", own.key),
      OTHER: file("other.pem", other.key),
    };
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await servers[Symbol.asyncDispose]();
  });

  /** An argument is empty where the core does not know a macro. */
  const OTHERS = [
    "-H '' -p PORT -L",
    "-I '' -H x -p PORT",
    "-H '' -I 127.0.0.1 -p PORT -L -s nothing",
    "-H '' -I 127.0.0.1 -p TLS -S --sni",
    "-H localhost -p ''",
    "-H localhost -p 0 -S -L",
    "-H localhost -p PORT ''",
    "127.0.0.1 '' -p PORT",
    `${AT} -m '' -e '' -s '' -d '' -r '' -w '' -c ''`,
    `${AT} -t '' -a '' -b '' -k '' -A '' -u '' -j '' --max-redirs=`,
    `${AT} -P '' -T ''`,
    "-H 127.0.0.1 -p TLS -S --sni",
    "-I 127.0.0.1 -H ::1 -p TLS -S --sni",
    "-I 127.0.0.1 -H [::1] -p TLS -S --sni -C 5",
    "-I 127.0.0.1 -p TLS -S --sni",
    "-H localhost -p TLS -S --sni -u /redirect/7 -f follow",
  ];
  it.each(OTHERS)("an empty text, or an address for SNI: %s", async (line) => {
    await expectEqual(checkHttp, line, { places, witness });
  });

  it.each(Object.entries(EFFECTS))("%s", async (_, effect) => {
    await expectEffect(checkHttp, effect, { places, witness });
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as services from "../../../plugins/tcp/check_tcp.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers } from "../../support/servers/fake-servers.ts";
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

const { checkTcp } = services;

/** For each option of the table a line without it, and the same line with it. */
const EFFECTS: Effects = {
  "-H, --hostname=ADDRESS": ["-p PORT", "-H 127.0.0.1 -p PORT"],
  "-p, --port=PORT": ["-p PORT", "-p CLOSED"],
  "-4, --use-ipv4": ["-H ::1 -p CLOSED", "-4 -H ::1 -p CLOSED"],
  "-6, --use-ipv6": ["-H 127.0.0.1 -p PORT", "-6 -H 127.0.0.1 -p PORT"],
  "-E, --escape": ["-s 'a\\nb' -e hello -p PORT", "-E -s 'a\\nb' -e hello -p PORT"],
  "-s, --send=STRING": ["-e hello -p PORT", "-s text -e hello -p PORT"],
  "-e, --expect=STRING": ["-p GONE", "-e nothing -p GONE"],
  "-A, --all": ["-e hello -e nothing -p GONE", "-A -e hello -e nothing -p GONE"],
  "-q, --quit=STRING": ["-e hello -p PORT", "-q bye -e hello -p PORT"],
  "-r, --refuse=STATE": ["-p CLOSED", "-r ok -p CLOSED"],
  "-M, --mismatch=STATE": ["-e nothing -p GONE", "-M crit -e nothing -p GONE"],
  "-j, --jail": ["-e hello -p PORT", "-j -e hello -p PORT"],
  "-m, --maxbytes=INTEGER": ["-e nothing -p GONE", "-m 3 -e nothing -p GONE"],
  "-d, --delay=SECONDS": ["-w 0.5 -e hello -p SLOW", "-d 1 -w 0.5 -e hello -p SLOW"],
  "-D, --certificate=DAYS[,DAYS]": ["-S -e hello -p TLS", "-S -D 30 -e hello -p TLS"],
  "-S, --ssl": ["-t 1 -e hello -p TLS", "-t 1 -S -e hello -p TLS"],
  "--sni=STRING": ["-S -s x -e hello -p TLS", "--sni=some.example -s x -e hello -p TLS"],
  "-w, --warning=SECONDS": ["-p PORT", "-w 0 -p PORT"],
  "-c, --critical=SECONDS": ["-p PORT", "-c 0 -p PORT"],
  "-t, --timeout=SECONDS": ["-t 2 -e hello -p SILENT", "-t 1 -e hello -p SILENT"],
  ADDRESS: ["-e hello -p PORT", "no.such.host.invalid -e hello -p PORT"],
};

/** The server's answer comes after the warning threshold, and before the delay is over. */
const SLOW_MS = 750;

it("every option has a line", () => {
  expect(Object.keys(EFFECTS).sort()).toEqual([...listFollowed(checkTcp)].sort());
});

it("all names of the plugin have the same options", () => {
  for (const service of Object.values(services)) expect(service.rows).toEqual(checkTcp.rows);
});

it.each(listLeft(checkTcp).flatMap((text) => text.split(", ")))("%s is left to the plugin", (spelling) => {
  expect(isUnderstood(checkTcp, "-H localhost -p 80")).toBe(true);
  const word = spelling.replace(/=.*$/, spelling.startsWith("--") ? "=x" : "x");
  expect(isUnderstood(checkTcp, `-H localhost -p 80 ${word}`)).toBe(false);
});

describe.skipIf(!hasServer("check_dummy"))("is followed as by the plugin:", () => {
  const servers = new FakeServers();
  const witness = new Witness();
  let places: Places = {};
  beforeAll(async () => {
    const certificate = createCertificate({ commonNames: ["x"], notAfter: inDays(20.5) });
    const slow = witness.watch((socket) => {
      const timer = setTimeout(() => socket.write("hello\n"), SLOW_MS);
      socket.once("close", () => clearTimeout(timer));
    });
    places = {
      PORT: witness.add(await servers.tcp(witness.watch(banner("hello\n")))),
      SILENT: witness.add(await servers.tcp(witness.watch(() => {}))),
      GONE: witness.add(await servers.tcp(witness.watch((socket) => socket.end("hello\n")))),
      SLOW: await servers.tcp(slow),
      TLS: await servers.tls(certificate, witness.watch(banner("hello\n"))),
      CLOSED: await freePort(),
    };
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  /** An argument is empty where the core does not know a macro. */
  const OTHERS = [
    "-H '' -p PORT",
    "'' -p PORT",
    "-p PORT ''",
    "-H 127.0.0.1 -p PORT ''",
    "-p GONE -s '' -e '' -q '' -w '' -c ''",
    "-p GONE -E -s '' -q ''",
    "-H '' -S -p TLS",
    "--sni='' -s x -e hello -p TLS",
    "--sni=127.0.0.1 -s x -e hello -p TLS",
    "--sni=::1 -s x -e hello -p TLS",
    "--sni=a_b:c -s x -e hello -p TLS",
    `--sni=${"x".repeat(255)} -s x -e hello -p TLS`,
    "-D '' -s x -e hello -p TLS",
  ];
  it.each(OTHERS)("an empty text, or an odd server name: %s", async (line) => {
    await expectEqual(checkTcp, line, { places, witness });
  });

  it.each(Object.entries(EFFECTS))("%s", async (_, effect) => {
    await expectEffect(checkTcp, effect, { places, witness });
  });
});

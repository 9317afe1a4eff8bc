import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { freePort } from "../../support/free-port.ts";
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

/** For each option of the table a line without it, and the same line with it. */
const EFFECTS: Effects = {
  "-H, --hostname, --host=ADDRESS": ["-p PORT 127.0.0.1", "-p PORT -H no.such.host.invalid"],
  "-p, --port=PORT": ["127.0.0.1 CLOSED", "-p PORT 127.0.0.1 CLOSED"],
  "-4, --use-ipv4": ["-p PORT ::1", "-4 -p PORT ::1"],
  "-6, --use-ipv6": ["-p PORT 127.0.0.1", "-6 -p PORT 127.0.0.1"],
  "-r, --remote-version=STRING": ["-p PORT 127.0.0.1", "-p PORT -r other 127.0.0.1"],
  "-P, --remote-protcol=STRING": ["-p PORT 127.0.0.1", "-p PORT -P 1.99 127.0.0.1"],
  "-t, --timeout=SECONDS": ["-t 2 -p SILENT 127.0.0.1", "-t 1 -p SILENT 127.0.0.1"],
  "[ADDRESS] [PORT]": ["-H 127.0.0.1 PORT", "-H 127.0.0.1 CLOSED"],
};

it("every option has a line", () => {
  expect(Object.keys(EFFECTS).sort()).toEqual([...listFollowed(checkSsh)].sort());
});

it.each(listLeft(checkSsh).flatMap((text) => text.split(", ")))("%s is left to the plugin", (spelling) => {
  expect(isUnderstood(checkSsh, "-p 22 localhost")).toBe(true);
  expect(isUnderstood(checkSsh, `-p 22 ${spelling} localhost`)).toBe(false);
});

describe.skipIf(!hasServer("check_dummy"))("is followed as by the plugin:", () => {
  const servers = new FakeServers();
  const witness = new Witness();
  let places: Places = {};
  beforeAll(async () => {
    places = {
      PORT: witness.add(await servers.tcp(witness.watch(banner("SSH-2.0-OpenSSH_9.2p1\r\n")))),
      SILENT: witness.add(await servers.tcp(witness.watch(() => {}))),
      CLOSED: await freePort(),
    };
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  /** An argument is empty where the core does not know a macro. */
  const OTHERS = [
    "-H '' -p PORT",
    "-H 127.0.0.1 -p PORT -t ''",
    "-H 127.0.0.1 -p PORT -t 0",
    "-H 127.0.0.1 -p PORT -r ''",
    "-H 127.0.0.1 -p PORT -P ''",
    "-p PORT 127.0.0.1 ''",
  ];
  it.each(OTHERS)("an empty text: %s", async (line) => {
    await expectEqual(checkSsh, line, { places, witness });
  });

  it.each(Object.entries(EFFECTS))("%s", async (_, effect) => {
    await expectEffect(checkSsh, effect, { places, witness });
  });
});

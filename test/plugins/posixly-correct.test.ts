import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import type { Check } from "../../sdk/index.ts";
import { FakeServers } from "../support/servers/fake-servers.ts";
import { findPlugin } from "./core/real-plugins.ts";
import { compareWithPlugin } from "./differential.ts";

/** Lines whose options stand behind a word that belongs to none. `PORT` is that of a server. */
const LEFT: readonly (readonly [name: string, line: string])[] = [
  ["check_http", "127.0.0.1 -p PORT -t 3"],
  ["check_http", "-p PORT 127.0.0.1 -- -t"],
  ["check_curl", "127.0.0.1 -p PORT -t 3"],
  ["check_procs", "5: -c 1"],
  ["check_ping", "127.0.0.1 -w 100,20% -c 200,60% -p 1"],
  ["check_mysql", "127.0.0.1 -P PORT"],
  ["check_snmp", "127.0.0.1 -o .1 -t 1"],
];

/** Lines that mean the same with POSIXLY_CORRECT. */
const ANSWERED: readonly (readonly [name: string, line: string])[] = [
  ["check_http", "-p PORT -t 3 127.0.0.1"],
  ["check_procs", "-c 1 5:"],
  ["check_procs", "-w 5: -c 1:"],
  ["check_ssh", "-p PORT 127.0.0.1"],
  ["check_tcp", "-p PORT -H 127.0.0.1 -t 3"],
  // The options of these end at the first word in any case, or behind it.
  ["check_tcp", "127.0.0.1 -p PORT -t 3"],
  ["check_dummy", "0 text -x --help"],
];

const find = (name: string): Check => {
  const check = BUILTIN_CHECKS.find((each) => each.name === name);
  if (check === undefined) throw new Error(`there is no ${name}`);
  return check;
};

describe("where POSIXLY_CORRECT ends the options of the plugins at the first word", () => {
  const servers = new FakeServers();
  let port = "";
  beforeAll(async () => {
    vi.stubEnv("POSIXLY_CORRECT", ""); // glibc looks only whether it is set
    port = String(await servers.tcp((socket) => socket.end("SSH-2.0-x\r\n")));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await servers[Symbol.asyncDispose]();
  });
  const wordsOf = (line: string) => line.replace("PORT", port).split(" ");
  const isInstalled = ([name]: readonly string[]) => findPlugin(name ?? "") !== undefined;

  it.each(LEFT)("%s %s is left to it", (name, line) => {
    expect(find(name).understand(wordsOf(line))).toBeUndefined();
    vi.stubEnv("POSIXLY_CORRECT", undefined);
    const usual = find(name).understand(wordsOf(line));
    vi.stubEnv("POSIXLY_CORRECT", "");
    expect(usual).toBeDefined();
  });

  it.each(ANSWERED.filter(isInstalled))("%s %s is answered as it does", async (name, line) => {
    const { equal, differences } = await compareWithPlugin(
      find(name),
      findPlugin(name) ?? "",
      [wordsOf(line)],
      {
        variables: [["POSIXLY_CORRECT", ""]],
        isInTurn: true,
        rules: [[/[0-9]+ process|procs=[0-9]+/g, "N"]],
      },
    );
    expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
  });

  it.skipIf(findPlugin("check_procs") === undefined)("which changes what the plugin says", async () => {
    const lines = [["5:", "-c", "1:"]];
    vi.stubEnv("POSIXLY_CORRECT", undefined);
    const variables = [["POSIXLY_CORRECT", ""]] as const;
    const { differences } = await compareWithPlugin(
      find("check_procs"),
      findPlugin("check_procs") ?? "",
      lines,
      { variables },
    );
    vi.stubEnv("POSIXLY_CORRECT", "");
    expect(differences).toEqual([expect.stringContaining("with STATE = 1")]);
  });
});

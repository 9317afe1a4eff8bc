import { afterAll, describe, expect, it } from "vitest";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { replay } from "../oracle.ts";

const servers = new FakeServers();
afterAll(() => servers[Symbol.asyncDispose]());

describe("the transcripts", () => {
  it("are answered as recorded", async () => {
    const places = await startRecordedServers(servers);
    const { counts, executed, differences } = await replay(checkSsh, { places, atOnce: 24 });
    expect(differences).toEqual([]);
    expect({ counts, executed }).toEqual({
      counts: { equal: 20, executed: 4, different: 0 },
      executed: { badargs: 3, verbose: 1 },
    });
  });
});

describe("left to the plugin", () => {
  it.each<readonly [readonly string[]]>([
    [[]],
    [["-p", "22"]],
    [["-V"]],
    [["-v", "localhost"]],
    [["--extra-opts", "localhost"]],
    [["-H", "localhost", "-t", "-1"]],
    [["-H", "localhost", "-p", "0"]],
    [["localhost", "ssh"]],
    [["-H", "localhost", "x"]],
    [["-H", "localhost", "-H", "127.0.0.1"]],
    [["-4", "-H", "localhost", "-6"]],
    [["-p", "22", ""]],
    [["-H", "caf\xc3\xa9.example"]],
  ])("%j", (argv) => {
    expect(checkSsh.understand(argv)).toBeUndefined();
  });
});

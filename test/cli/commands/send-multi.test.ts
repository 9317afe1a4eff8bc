import { describe, expect, it } from "vitest";
import { createEnvelope } from "../../../src/payload/crypt.ts";
import { readLines } from "../../../src/payload/lines.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors } from "../../support/gearman/actors.ts";
import { startGearmand } from "../../support/gearman/gearmand.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { pieces, run } from "../io.ts";

function child(number: number): string {
  return `<CHILD><no>${number}</no><name>s${number}</name><rc>1</rc><runtime>2.5</runtime><output>o</output><error></error></CHILD>`;
}

describe.skipIf(!hasServer("gearmand"))("send_multi on a gearmand", () => {
  it.each([
    [1, "check"],
    [2, "checks"],
  ])("sends %i", async (count, word) => {
    const gearmand = await startGearmand();
    const actors = new Actors();
    const stdin = pieces("<x>", child(0), ...[child(1), child(2)].slice(0, count));
    const said = await run("send-multi", [`--server=127.0.0.1:${gearmand.port}`, "--host=h"], {}, stdin);
    expect(said).toEqual({
      code: 0,
      stdout: `send_multi OK: ${count} check_multi child ${word} submitted\n`,
      stderr: "",
    });
    const [job] = await actors
      .worker({ host: "127.0.0.1", port: gearmand.port }, ["check_results"])
      .jobs.take(count);
    const fields = readLines(createEnvelope({ encryption: false }).open(job?.workload ?? Buffer.alloc(0)));
    expect([...fields.keys()]).toEqual([
      "type",
      "host_name",
      "start_time",
      "finish_time",
      "return_code",
      "source",
      "service_description",
      "output",
    ]);
    expect(fields.get("source")).toBe("send_multi");
    expect(Number(fields.get("finish_time")) - Number(fields.get("start_time"))).toBeCloseTo(2.5, 3);
    await actors.stop();
    await gearmand.stop();
  });
});

it.each<[string, readonly string[], string, number, RegExp]>([
  [
    "nothing to send",
    ["--host=h"],
    "<x>\xff",
    3,
    /^send_multi UNKNOWN: 0 check_multi child checks submitted\n$/,
  ],
  [
    "an error of check_multi",
    ["--host=h"],
    "no file",
    3,
    /^send_multi UNKNOWN: error msg in input buffer: no file\n$/,
  ],
  ["half a child", ["--host=h"], "<CHILD>", 3, /^send_multi UNKNOWN: no closing tag <\/CHILD> within buffer/],
  ["no host", [], "", 3, /^got no hostname, please use --host=\.\.\./],
  [
    "a name without an address",
    ["--server=no.such.invalid", "--host=h"],
    child(1),
    3,
    /^send_multi UNKNOWN: cannot start client: /,
  ],
  ["help", ["--help"], "", 3, /^usage: check_multi .*\| send_multi [\s\S]*Examples:[\s\S]*Exit codes:\n/],
])("send_multi with %s", async (_, argv, input, code, stdout) => {
  const said = await run("send-multi", argv, {}, pieces(input));
  expect(said).toEqual({ code, stdout: expect.stringMatching(stdout), stderr: "" });
});

it("send_multi waits for its input as long as it is told", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* never() {
    await promise;
    yield Buffer.alloc(0);
  }
  expect(await run("send-multi", ["--host=h", "--timeout=0.05"], {}, never())).toMatchObject({
    code: 2,
    stdout: "Timeout after 0.05 seconds - got no input! Send plugin output to stdin.\n",
  });
  resolve();
});

it("send_multi says which server does not take the results", async () => {
  const away = `127.0.0.1:${await freePort()}`;
  const said = await run("send-multi", [`--server=${away}`, "--host=h"], {}, pieces(child(1)));
  expect(said).toMatchObject({
    code: 3,
    stdout: `sending job to gearmand failed: ${away}: connect ECONNREFUSED ${away}\n`,
  });
});

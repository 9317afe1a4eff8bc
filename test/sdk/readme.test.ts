import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runProgram } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Snmpd } from "../support/servers/snmpd.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "readme-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The first example of a guide that defines this check. */
function readExample(guide: string, name: string): string {
  const text = readFileSync(new URL(`../../${guide}`, import.meta.url), "utf8");
  const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  return examples.find((code) => code.includes(`name: "${name}"`)) ?? "";
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

function check(name: string, ...words: readonly string[]) {
  return runProgram("omd-worker", ["check", `--plugin_path=${folder}`, "--", name, ...words]);
}

it("the example for authors runs as it stands", async () => {
  writeFileSync(join(folder, "check_rack_door.ts"), readExample("sdk/README.md", "check_rack_door"));
  const server = createHttpServer((_, response) => response.end('{ "minutes": 7, "opened": 3 }'));
  const url = `http://127.0.0.1:${await listen(server)}/door`;
  const { exitCode, stdout } = await check("check_rack_door", "-u", url, "-w", "5", "-c", "15");
  server.close();
  expect({ exitCode, stdout }).toEqual({
    exitCode: 1,
    stdout: "DOOR WARNING - open for 7 minutes|open=420s;300;900;0",
  });
});

it("the example of the worker's own check runs in another folder too", async () => {
  const code = readExample("plugins/README.md", "check_banner");
  writeFileSync(join(folder, "check_banner.ts"), code.replace("../../sdk/index.ts", "omd-worker/sdk"));
  const server = createServer((socket) => socket.on("error", () => {}).end("220 ready\r\n"));
  const port = await listen(server);
  const { exitCode, stdout } = await check("check_banner", "-H", "127.0.0.1", "-p", `${port}`);
  server.close();
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining("BANNER OK - 220 ready|time="),
  });
});

it.skipIf(!hasServer("snmpd"))("the example with SNMP runs as it stands, and its port is found", async () => {
  writeFileSync(join(folder, "check_uplink.ts"), readExample("sdk/README.md", "check_uplink"));
  await using snmpd = await Snmpd.start();
  const ask = (name: string) =>
    check("check_uplink", "-H", "127.0.0.1", "-p", `${snmpd.port}`, `--port-name=${name}`);
  const { exitCode, stdout } = await ask("lo");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^UPLINK OK - /) });
  expect((await ask("lan99")).stdout).toBe("UPLINK CRITICAL - no port is called lan99");
});

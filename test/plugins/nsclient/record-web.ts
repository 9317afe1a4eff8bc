/**
 * Records what a real check_nsc_web answers to random lines, for machines that have none:
 *
 *     cd test && node plugins/nsclient/record-web.ts FILE > fixtures/native/check_nsc_web.jsonl
 */
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { execute } from "../core/real-plugins.ts";
import { type Choices, randomLines } from "../differential.ts";
import { exchange } from "../oracle.ts";
import { webAgent } from "./web-agent.ts";
import { COMMANDS, given, OPTIONS, plainUrls, TLS } from "./web-lines.ts";
import { AGENT_CERTIFICATE, WEB_PLACES } from "./web-places.ts";

/** What names a port or a resolver of the machine, or is left to the plugin when it is run. */
const IS_LEFT =
  /x509|tls: |malformed|read tcp|lookup |stopped after|json error|panic|Get "http:\/\/localhost/;
/** What the worker leaves to the plugin when it is run, and a long page. */
const NOT_ASKED = [
  ...["large", "wrongcase", "wrongtype", "twice", "unnamed", "resets", "closes", "unframed", "away", "loop"],
  ...["three", "text", "behind", "nothing", "bool", "v1fraction", "v1text"],
];
const LINES = 500;

const [plugin = ""] = process.argv.slice(2);
await using servers = new FakeServers();
const [plain, secure] = [await servers.tcp(webAgent()), await servers.tls(AGENT_CERTIFICATE, webAgent())];
const back = { [plain]: WEB_PLACES.plain, [secure]: WEB_PLACES.secure };
const commands = COMMANDS.filter(([name = ""]) => !NOT_ASKED.includes(name));
const urls = given("-u", [`https://127.0.0.1:${secure}`, `https://localhost:${secure}/`]);
const rows: readonly (readonly Choices[])[] = [
  [plainUrls(plain, 1), ...OPTIONS, commands],
  [urls, [["-k"]], ...TLS.slice(1), ...OPTIONS, commands],
];
let seq = 0;
for (const grammar of rows) {
  for (const args of randomLines(grammar, { seed: 7, count: LINES / rows.length })) {
    const ran = await execute({ words: [plugin, ...args], environment: [] });
    if (ran.kind !== "exited" || IS_LEFT.test(ran.stdout + ran.stderr)) continue;
    const { returnCode: exit, stdout, stderr } = ran;
    const shown = { args: args.map((word) => exchange(word, back)), stdout: exchange(stdout, back), stderr };
    process.stdout.write(
      `${JSON.stringify({ seq, plugin: "check_nsc_web", category: "random", exit, ...shown })}\n`,
    );
    seq += 1;
  }
}

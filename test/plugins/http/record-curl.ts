/**
 * Records what the real check_curl answers over TLS:
 *
 *     cd test && node plugins/http/record-curl.ts > fixtures/native/check_curl_tls.jsonl
 */
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { startNginx } from "../../support/servers/nginx.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";
import { exchange } from "../oracle.ts";

const AT = "-H 127.0.0.1 -p 18443";
const LINES: Readonly<Record<string, readonly string[]>> = {
  ok: [
    `${AT} -S`,
    `${AT} --ssl`,
    `${AT} -S --sni`,
    "-I 127.0.0.1 -S -p 18443",
    "-I 127.0.0.1 -H localhost -S -p 18443",
    "-H localhost:18443 -4 -S",
    "-S -H localhost:18443 -4",
    "-I 127.0.0.1 -H vhost.example:8443 -S -p 18443 -L",
    `${AT} -S -u /hdr -B`,
    "-I 127.0.0.1 -H vhost.example:8443 -S -p 18443 -u /hdr -B",
    `${AT} -S -s World`,
    `${AT} -S -r W.rld -t 5`,
  ],
  versions: ["1", "1.0", "1.1", "1.2", "1.3", "1+", "1.1+", "1.2+", "1.3+"].map((each) => `${AT} -S${each}`),
  certificate: [
    `${AT} -C 30`,
    `${AT} -C 9999`,
    `${AT} -C 9999,5000`,
    `${AT} -C 9999,1`,
    `${AT} -S -C 30 -L`,
    `${AT} -C 30 -u /nope`,
    `${AT} -C 30 -s nothing`,
    `${AT} -C 30 --continue-after-certificate`,
    `${AT} -C 9999 --continue-after-certificate -u /nope`,
    `${AT} -C 9999 --continue-after-certificate -u /redir`,
    `${AT} -C 9999,5000 --continue-after-certificate -u /redir`,
    `${AT} -C 9999 --continue-after-certificate -e 200 -L`,
    `${AT} -C 9999 --continue-after-certificate -e 404`,
    `${AT} -C 9999 --continue-after-certificate -s nothing`,
  ],
  status: [`${AT} -S -u /nope`, `${AT} -S -u /err`, `${AT} -S -u /redir`, `${AT} -S -u /redir -f warning`],
  failure: [
    "-H 127.0.0.1 -p 18099 -S",
    "-I 127.0.0.1 -H vhost.example -p 18099 -C 10",
    "-H 127.0.0.1 -p 17001 -S -t 1",
    "-I 127.0.0.1 -H vhost.example -p 17001 -C 10 -t 1",
    "-H 127.0.0.1 -p 17002 -S -t 1",
    "-H no.such.host.invalid -S",
    "-I no.such.host.invalid -S",
    "-H 127.0.0.1 -6 -S",
  ],
  badargs: [`${AT} -S1.4`, `${AT} -S3`, `${AT} -S2`, `${AT} -S -D`, `${AT} -C x`],
};

await using servers = new FakeServers();
await using nginx = await startNginx(3_650);
const places = {
  ...(await startRecordedServers(servers)),
  18080: String(nginx.port),
  18443: String(nginx.tlsPort),
};
const back = Object.fromEntries(Object.entries(places).map(([recorded, here]) => [here, recorded]));
const plugin = findPlugin("check_curl") ?? "";
let seq = 0;
for (const [category, lines] of Object.entries(LINES)) {
  for (const line of lines) {
    const args = line.split(" ");
    const words = [plugin, ...args.map((word) => exchange(word, places))];
    const ran = await execute({ words, environment: [] });
    if (ran.kind !== "exited") throw new Error(`${line}: ${ran.kind}`);
    const shown = { stdout: exchange(ran.stdout, back), stderr: exchange(ran.stderr, back) };
    const record = { seq, plugin: "check_curl", args, category, exit: ran.returnCode, ...shown };
    process.stdout.write(`${JSON.stringify(record)}\n`);
    seq += 1;
  }
}

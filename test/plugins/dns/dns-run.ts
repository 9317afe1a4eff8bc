/**
 * The program that the comparison starts in a network of its own: `dns-run.ts FOLDER`. It starts BIND and
 * an odd name server, reads the command lines from the folder, and prints how they compare.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../../../plugins/dns/ask.ts";
import { checkDns } from "../../../plugins/dns/check_dns.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { listenOddly } from "./odd-name-server.ts";

export const SERVERS = { bind: "127.0.0.1", odd: "127.0.0.2", nobody: "127.0.0.9" } as const;

const CONFIG = `options {
  directory "."; listen-on port 53 { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes; dnssec-validation no;
  pid-file none; session-keyfile none; empty-zones-enable no; forward only; forwarders { 127.0.0.2; };
};
controls { };
zone "example.test" { type master; file "zone"; };
zone "127.in-addr.arpa" { type master; file "reverse"; };
zone "closed.test" { type master; file "zone"; allow-query { none; }; };
`;

const ZONE = `$TTL 60
@ IN SOA ns hostmaster 1 3600 600 86400 60
@ IN NS ns
ns IN A 127.0.0.1
one IN A 192.0.2.1
two IN A 192.0.2.2
two IN A 192.0.2.12
both IN A 192.0.2.3
both IN AAAA 2001:db8::3
six IN AAAA 2001:db8::4
mail IN MX 10 one
alias IN CNAME two
chain IN CNAME alias
dead IN CNAME nowhere
out IN CNAME usual.odd.test.
*.wild IN A 192.0.2.9
${Array.from({ length: 60 }, (_, at) => `large IN A 198.51.100.${at + 1}\n`).join("")}`;

const REVERSE = `$TTL 60
@ IN SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 60
@ IN NS ns.example.test.
1.0.0 IN PTR localhost.
2.0.0 IN PTR two.example.test.
2.0.0 IN PTR also.example.test.
3.0.0 IN CNAME 1.0.0
4.0.0 IN PTR a\\032b.example.test.
`;

/** BIND's own folder: it may change its user. */
function startBind(folder: string) {
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "named.conf"), CONFIG);
  writeFileSync(join(folder, "zone"), ZONE);
  writeFileSync(join(folder, "reverse"), REVERSE);
  return spawn("/usr/sbin/named", ["-g", "-c", "named.conf"], { cwd: folder, stdio: "ignore" });
}

async function untilBindAnswers(): Promise<void> {
  using resolver = new Resolver();
  for (let tries = 0; tries < 200; tries += 1) {
    const signal = AbortSignal.timeout(500);
    const reply = await ask(
      SERVERS.bind,
      { name: "one.example.test", type: 1 },
      { signal, resolver, onReceived: () => {} },
    ).catch(() => undefined);
    if (reply?.answers.length === 1) return;
    await pause(50);
  }
  throw new Error("BIND does not answer");
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "";
  const lines = JSON.parse(readFileSync(join(folder, "lines.json"), "utf8"));
  const odd = await listenOddly(SERVERS.odd);
  const bind = startBind(join(folder, "bind"));
  try {
    await untilBindAnswers();
    const compared = await compareWithPlugin(checkDns, findPlugin("check_dns") ?? "", lines);
    process.stdout.write(JSON.stringify(compared));
  } finally {
    bind.kill("SIGKILL");
    odd.close();
  }
}

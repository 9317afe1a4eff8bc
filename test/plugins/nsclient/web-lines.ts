import { type Choices, seldom } from "../differential.ts";
import { BODIES, WAYS } from "./web-agent.ts";

/** A row of one option with these values. */
export const given = (option: string, values: readonly string[]): Choices =>
  values.map((value) => [option, value]);

/** What an agent is asked for. `silent` and `stuck` take their time, so they are asked for apart. */
export const SLOW = ["silent", "stuck"];
export const COMMANDS: Choices = [
  ...[...Object.keys(BODIES), ...Object.keys(WAYS).filter((name) => !SLOW.includes(name))].map((name) => [
    name,
  ]),
  ...["check_cpu", "a/b", "x=y", "check_drivesize"].map((name) => [name]),
  ["echo", "drive=c:", "warn=used > 80%", "crit=a=b&c", "filter=name like '\xc3\xa9+x'"],
  ["echo", "", "=", "-k", "--", "a%20b", "caf\xc3\xa9"],
  ["check_dummy", "2", "bad"],
  [],
];

export const OPTIONS: readonly Choices[] = [
  [
    ...given("-p", ["webpass", "p w", "caf\xc3\xa9"]),
    ...given("-p", ["secret", "w", "x"]),
    ["-p=x"],
    ["--p", "y"],
    ["-p", ""],
  ],
  seldom(given("-a", ["1", "1", "1", "legacy", "2", ""]), 5),
  seldom(given("-e", ["2", "CRITICAL", "ok", "Warning", "x", ""]), 6),
  seldom([["-j"], ["-j=true"], ["--j=0"], ["-j=maybe"]], 8),
  seldom(given("-f", ["0", "2", "3", "-2", "x", "30"]), 8),
  seldom(given("-l", ["admin", "me", ""]), 8),
  seldom(given("-t", ["20", "20:CRITICAL", "20:1", "+20", "020", "0", "x", "", "-5", "20:", "90:2:3"]), 8),
  seldom([["-x"], ["-r"], ["-query", "echo a b"], ["-query="], ["-v"], ["-V"]], 9),
  seldom([["--"]], 9),
];

/** The URLs of an agent without TLS, and some that lead nowhere. */
export function plainUrls(agent: number, nobody: number): Choices {
  const good = [`http://127.0.0.1:${agent}`, `http://127.0.0.1:${agent}/`, `http://localhost:${agent}/base`];
  const dead = [`http://127.0.0.1:${nobody}`, `http://localhost:${nobody}/`, `http://[::1]:${nobody}`];
  const odd = [`127.0.0.1:${agent}`, `HTTP://127.0.0.1:${agent}`, `http://me:you@127.0.0.1:${agent}`];
  const more = ["http://127.0.0.1:1", "http://no.such.host.invalid:1", `http://127.0.0.1:${agent}/?a=b`];
  return given("-u", [...good, ...good, ...good, ...good, ...dead, ...odd, ...more]);
}

export const TLS: readonly Choices[] = [
  [["-k"], ["-k"], ["-k=true"], ["-k=false"], []],
  seldom(given("-tlsmin", ["tls1.0", "tls12", "TLS1.3", "1.2", ""]), 8),
  seldom(given("-tlsmax", ["tls1.3", "tls1.2", "tls10", "tls1.1"]), 8),
  seldom(given("-tlshostname", ["agent.example", "other.example", "localhost", "127.0.0.1"]), 8),
];

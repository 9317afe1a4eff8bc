/**
 * Records what a real check_prometheus answers to random lines, for machines that have none:
 *
 *     cd test && node plugins/prometheus/record.ts FILE > fixtures/native/check_prometheus.jsonl
 */
import { freePort } from "../../support/free-port.ts";
import { Prometheus } from "../../support/servers/prometheus.ts";
import { execute } from "../core/real-plugins.ts";
import { randomLines } from "../differential.ts";
import { exchange, normalise } from "../oracle.ts";
import { prometheusLines } from "./lines.ts";
import { DURATION, PROMETHEUS_PLACES } from "./places.ts";

const LINES = 500;
/** What differs from server to server, such as the order of series, is not recorded. */
const SERVERS = 4;

interface Recorded {
  readonly args: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const [plugin = ""] = process.argv.slice(2);
const all: (readonly (Recorded | undefined)[])[] = [];
for (let at = 0; at < SERVERS; at += 1) all.push(await record());
const [first = [], ...others] = all;
const textOf = (each: Recorded | undefined) => each && normalise(JSON.stringify(each), [DURATION]);
const kept = first.filter((each, at) => each && others.every((other) => textOf(other[at]) === textOf(each)));
for (const [seq, { exit, ...shown }] of kept.filter((each) => each !== undefined).entries())
  process.stdout.write(
    `${JSON.stringify({ seq, plugin: "check_prometheus", category: "random", exit, ...shown })}\n`,
  );

async function record(): Promise<readonly (Recorded | undefined)[]> {
  await using server = await Prometheus.start();
  const nobody = await freePort();
  const back = {
    [server.port]: PROMETHEUS_PLACES.server,
    [server.downPort]: PROMETHEUS_PLACES.down,
    [nobody]: PROMETHEUS_PLACES.nobody,
  };
  const rows = prometheusLines(["--address", `http://127.0.0.1:${server.port}`], nobody);
  const recorded: (Recorded | undefined)[] = [];
  for (const args of randomLines(rows, { seed: 7, count: LINES })) {
    const ran = await execute({ words: [plugin, ...args], environment: [] });
    const shown = (text: string) => exchange(text, back);
    recorded.push(
      ran.kind === "exited"
        ? {
            args: args.map(shown),
            exit: ran.returnCode,
            stdout: shown(ran.stdout),
            stderr: shown(ran.stderr),
          }
        : undefined,
    );
  }
  return recorded;
}

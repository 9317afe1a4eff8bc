/**
 * What a storm of notifications takes, without a notifier and with one whose Zulip is away, in turns:
 *
 *     node bench/notifications/notifications.ts [--notifications=500] [--turns=5] [--program=FILE]
 *
 * Each is timed from its submission to gearmand until gearmand has told of its completion.
 * `--program=FILE` is `omd-worker`, as `dist/src/cli/omd-worker.js` of a build; it must be executable.
 * `--way=inside` leaves out those that the worker starts the program for, `--way=started` the others.
 */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { spread } from "../measuring/spread.ts";
import { describeMachine } from "../reporting/versions.ts";
import { type Turn, takeTurn, type Way } from "./turn.ts";

const ALL_WAYS: readonly Way[] = ["inside", "started"];

const { values } = parseArgs({
  options: {
    notifications: { type: "string", default: "500" },
    turns: { type: "string", default: "5" },
    way: { type: "string" },
    program: { type: "string", default: join(import.meta.dirname, "../../src/cli/omd-worker.ts") },
  },
});
const [notifications, turns, program] = [
  Number(values.notifications),
  Number(values.turns),
  resolve(values.program),
];

const ways = ALL_WAYS.filter((way) => values.way === undefined || way === values.way);
const { cpu, cores, node, gearmand } = await describeMachine();
print(`${new Date().toISOString().slice(0, 10)}, ${cores} cores of ${cpu}, Node ${node}, ${gearmand}`);
print(`${notifications} notifications at once, ${turns} turns; medians, in brackets the least and the most`);
for (const way of ways) {
  const taken = new Map<boolean, Turn[]>([
    [false, []],
    [true, []],
  ]);
  for (let turn = 0; turn < turns; turn += 1) {
    // Each is the first as often as the other.
    for (const hasNotifier of turn % 2 === 0 ? [false, true] : [true, false])
      taken.get(hasNotifier)?.push(await takeTurn({ way, hasNotifier, notifications, program }));
  }
  const [without = [], withOne = []] = [taken.get(false), taken.get(true)];
  print(`${way}, no notifier:         ${render(without)}`);
  print(`${way}, notifier, no Zulip:  ${render(withOne)}`);
  const ratios = without.map(({ wholeMs }, at) => (withOne[at]?.wholeMs ?? Number.NaN) / wholeMs);
  print(`${way}, ratio of the whole:  ${three(ratios, 2)}`);
  const cpus = withOne.map(({ notifierCpuMs }) => notifierCpuMs);
  print(`${way}, CPU of the notifier: ${three(cpus, 0)} ms`);
}

function render(of: readonly Turn[]): string {
  const column = (value: (turn: Turn) => number) => three(of.map(value), 0);
  const whole = column(({ wholeMs }) => wholeMs);
  return `all ${whole} ms, p50 ${column(({ each }) => each.p50)} ms, p99 ${column(({ each }) => each.p99)} ms`;
}

function three(numbers: readonly number[], digits: number): string {
  const { median, least, most } = spread(numbers);
  return `${median.toFixed(digits)} (${least.toFixed(digits)} … ${most.toFixed(digits)})`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, listSchema, TEXT_SCHEMA } from "./kind.ts";

/** What each plugin of a queue may use. */
export interface QueuePluginLimits {
  /** As gearmand knows it. `*` stands for the queues without limits of their own. */
  readonly queue: ByteString;
  readonly limits: readonly PluginLimit[];
}

export interface PluginLimit {
  readonly name: PluginLimitName;
  /** In the unit of the limit. */
  readonly value: number;
}

export type PluginLimitName = keyof typeof PLUGIN_LIMITS;

interface LimitFacts {
  readonly unit: "bytes" | "seconds" | "number";
  readonly least: number;
}

const MIB = 1024 * 1024;

/**
 * The limits by the names of setrlimit(2), prlimit(1) and limits.conf(5). Below `least` the program that sets
 * them could not start any plugin.
 */
export const PLUGIN_LIMITS = {
  as: { unit: "bytes", least: 16 * MIB },
  core: { unit: "bytes", least: 0 },
  cpu: { unit: "seconds", least: 1 },
  data: { unit: "bytes", least: 4 * MIB },
  fsize: { unit: "bytes", least: 0 },
  nofile: { unit: "number", least: 16 },
  nproc: { unit: "number", least: 1 },
  stack: { unit: "bytes", least: MIB },
} as const satisfies Readonly<Record<string, LimitFacts>>;

const NAMES = Object.keys(PLUGIN_LIMITS).join(", ");
const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1024,
  M: MIB,
  G: 1024 * MIB,
  T: 1024 ** 2 * MIB,
};
const MOST = 2 ** 50;
const EXAMPLE = "write QUEUE:NAME=VALUE,NAME=VALUE, such as hostgroup_dmz:cpu=30,nofile=64";

/**
 * `QUEUE:NAME=VALUE,NAME=VALUE`, one queue a line. The name of a host group may have a colon, so the last one
 * counts.
 */
export const pluginLimits: Kind<readonly QueuePluginLimits[]> = {
  name: "QUEUE:NAME=VALUE,NAME=VALUE, one queue a line",
  isList: true,
  isText: true,
  schema: listSchema(TEXT_SCHEMA),
  read({ key, text }, before = []) {
    if (text === "") return { value: before, remarks: [] };
    const [, queue, list = ""] = /^(.*\S)\s*:\s*([^:]*)$/s.exec(text) ?? [];
    const remarks: Remark[] = [];
    const words = list.split(",").map(trim);
    const read = words.flatMap((word) =>
      readLimit(word, (fault, hint) => remarks.push(error(`${key}: ${fault}`, hint))),
    );
    if (queue === undefined)
      return { value: before, remarks: [error(`${key}: ${quote(text)} names no queue`, EXAMPLE)] };
    const limits = new Map(
      before.find((each) => each.queue === queue)?.limits.map((limit) => [limit.name, limit]),
    );
    for (const limit of read) {
      if (limits.has(limit.name))
        remarks.push(
          warning(`${key}: ${limit.name} of ${quote(queue)} is written twice, the last one counts`),
        );
      limits.set(limit.name, limit);
    }
    const others = before.filter((each) => each.queue !== queue);
    return { value: [...others, { queue, limits: [...limits.values()] }], remarks };
  },
  render: (value) =>
    value.map((each) => `${fromByteString(each.queue)}:${renderLimits(each.limits)}`).join("\n"),
};

export function renderLimits(limits: readonly PluginLimit[]): string {
  return limits.map(({ name, value }) => `${name}=${renderValue(name, value)}`).join(",");
}

/** As it would be written: `512M`. */
function renderValue(name: PluginLimitName, value: number): string {
  if (PLUGIN_LIMITS[name].unit !== "bytes" || value === 0) return String(value);
  const [unit = "", factor = 1] = Object.entries(FACTORS).findLast(([, each]) => value % each === 0) ?? [];
  return `${value / factor}${unit}`;
}

function readLimit(word: ByteString, fail: (fault: string, hint: string) => void): readonly PluginLimit[] {
  const [, name = "", digits, unit = ""] = /^([a-z]+)\s*=\s*([0-9]{1,16})([KMGT]?)$/.exec(word) ?? [];
  if (digits === undefined) {
    fail(`${quote(word)} is no limit`, EXAMPLE);
    return [];
  }
  if (!isLimitName(name)) {
    fail(`there is no limit ${quote(name)}`, `the limits are ${NAMES}`);
    return [];
  }
  const facts: LimitFacts = PLUGIN_LIMITS[name];
  if (unit !== "" && facts.unit !== "bytes") {
    fail(
      `${name} is ${facts.unit === "seconds" ? "a number of seconds" : "a number"}, without ${unit}`,
      `${name}=${digits}`,
    );
    return [];
  }
  const value = Number(digits) * (FACTORS[unit] ?? 1);
  if (value >= facts.least && value <= MOST) return [{ name, value }];
  fail(
    `${quote(word)}: ${name} is from ${renderValue(name, facts.least)} to ${renderValue(name, MOST)}`,
    EXAMPLE,
  );
  return [];
}

function isLimitName(name: string): name is PluginLimitName {
  return Object.hasOwn(PLUGIN_LIMITS, name);
}

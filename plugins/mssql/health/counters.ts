import { CheckDeclined, UNKNOWN } from "../../../sdk/index.ts";
import { toFixed, toInteger, toNumber } from "../glplugin/perl.ts";
import { type Growth, grow, protect } from "../glplugin/state-files.ts";
import type { ModeContext } from "./context.ts";

interface Counter {
  /** The name in the plugin's files. */
  readonly key: string;
  /** `Buffer Manager` */
  readonly object: string;
  readonly name: string;
}

/** Undefined: the server has no such counter, and the result says so. */
async function readCounter(
  { key, object, name }: Counter,
  { questions, server, result, files }: ModeContext,
): Promise<{ readonly value: string; readonly growth: Growth } | undefined> {
  const [value] = await questions.row(
    `SELECT cntr_value FROM sys.dm_os_performance_counters WHERE object_name = '${quote(`${server.counters}:${object}`)}' AND counter_name = '${quote(name)}'`,
  );
  if (value === undefined || value === null) {
    result.add(UNKNOWN, `unable to aquire counter data SQLServer:${object} ${name}`);
    return undefined;
  }
  return { value, growth: await grow(files, key, value) };
}

function quote(text: string): string {
  return text.replaceAll("'", "''");
}

const BATCHES = { key: "batch_requests", object: "SQL Statistics", name: "Batch Requests/sec" };

export async function batchRequests(context: ModeContext): Promise<void> {
  const { result } = context;
  const counter = await readCounter(BATCHES, context);
  if (counter === undefined) return;
  const label = "batch_requests_per_sec";
  const value = counter.growth.perSecond;
  result.thresholds.set({ warning: "100", critical: "200" }, label);
  const state = result.thresholds.check(toNumber(value), label);
  result.add(state, `${toFixed(value, 2)} batch requests / sec`);
  result.addPerfdata({ label, value });
}

const PAGE_LIFE = { key: "page_life_expectancy", object: "Buffer Manager", name: "Page life expectancy" };

export async function pageLifeExpectancy(context: ModeContext): Promise<void> {
  const { result } = context;
  const counter = await readCounter(PAGE_LIFE, context);
  if (counter !== undefined) {
    const { value } = counter;
    result.thresholds.set({ warning: "300:", critical: "180:" });
    result.add(
      result.thresholds.check(toNumber(value)),
      `page life expectancy is ${toInteger(value)} seconds`,
    );
    result.addPerfdata({ label: PAGE_LIFE.key, value });
  }
  shortenIfAsked(context);
}

const HITS = { key: "cnthitratio", object: "Buffer Manager", name: "Buffer cache hit ratio" };
const LOOKUPS = { key: "cnthitratiobase", object: "Buffer Manager", name: "Buffer cache hit ratio base" };
const isPercentage = (value: number) => value >= 0 && value <= 100;

export async function bufferHitRatio(context: ModeContext): Promise<void> {
  const { result, files } = context;
  const counters = [await readCounter(HITS, context), await readCounter(LOOKUPS, context)];
  const key = "buffer_cache_hit_ratio";
  const asked = await askHitRatio(context);
  const value = await protect(files, { name: key, key, value: asked, isPossible: isPercentage });
  if (!counters.includes(undefined)) {
    const ratio = value ?? "";
    result.thresholds.set({ warning: "90:", critical: "80:" });
    const text = `buffer cache hit ratio is ${toFixed(ratio, 2)}%`;
    result.add(result.thresholds.check(toNumber(ratio)), text);
    result.addPerfdata({ label: key, value: ratio, unit: "%" });
  }
  shortenIfAsked(context);
}

async function askHitRatio({ questions, server }: ModeContext): Promise<string | undefined> {
  const object = quote(`${server.counters}:Buffer Manager`);
  const [ratio] = await questions.row(
    `SELECT hits.cntr_value * 1.0 / lookups.cntr_value * 100.0 FROM sys.dm_os_performance_counters AS hits JOIN sys.dm_os_performance_counters AS lookups ON lookups.object_name = hits.object_name AND lookups.counter_name = 'Buffer cache hit ratio base' WHERE hits.object_name = '${object}' AND hits.counter_name = 'Buffer cache hit ratio'`,
  );
  return ratio ?? undefined;
}

/** Of the CPUs or the disks: how many percent of the time since the run before they were busy. */
export function busy(what: "cpu" | "io"): (context: ModeContext) => Promise<void> {
  const label = `${what}_busy`;
  return async ({ questions, result, files }) => {
    const [[[seconds] = []] = []] = await questions.sets(
      `SELECT @@${label.toUpperCase()} * CAST(@@TIMETICKS AS float) / (SELECT CAST(cpu_count AS float) FROM sys.dm_os_sys_info) / 1000000`,
    );
    if (seconds === undefined || seconds === null) {
      result.add(UNKNOWN, `got no ${what}time from dm_os_sys_info`);
      return;
    }
    const growth = await grow(files, "secs_busy", seconds);
    if (growth.seconds === 0) throw new CheckDeclined("a second run within a second");
    const share = (100 * growth.delta) / growth.seconds;
    const value =
      (await protect(files, { name: label, key: label, value: share, isPossible: isPercentage })) ?? "";
    result.thresholds.set({ warning: "80", critical: "90" });
    const text = `${what.toUpperCase()} busy ${toFixed(value, 2)}%`;
    result.add(result.thresholds.check(toNumber(value)), text);
    result.addPerfdata({ label, value, unit: "%" });
  };
}

export function shortenIfAsked({ request, result }: ModeContext): void {
  if (request.report === "short") result.shorten();
}

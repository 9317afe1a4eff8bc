import { type ByteString, trimEnd } from "../../../src/byte-string.ts";
import { escapeTag, type TagOptions } from "./escape-tag.ts";
import { extraFields, extraTags, saysDowntime } from "./extra-pairs.ts";
import { readNumber } from "./read-number.ts";
import { type PerfdataItem, readPerfdata } from "./read-perfdata.ts";
import { type Range, readRange } from "./read-range.ts";
import type { PerfdataRecord } from "./read-record.ts";

export interface LineOptions extends TagOptions {
  /** The service of a host's own values. */
  readonly hostcheck: ByteString;
  /** The tag `stage`. Undefined: there is none, as in nagflux's lines. */
  readonly stage?: ByteString | undefined;
}

/** What became of one record. */
export interface MadeLines {
  /** Each ends in a line feed. */
  readonly text: ByteString;
  readonly lines: number;
  /** Without a number, as `rta=nan`, with a name that is too long, or of which there are too many. */
  readonly skipped: number;
}

const MEASUREMENT = "metrics";
/** InfluxDB takes 65,535 bytes for a measurement with its tags. */
const MAX_SERIES = 65_000;
/** Bytes of one record's lines: each repeats the record's names, so a wrong one could fill the memory. */
const MAX_TEXT = 16 * 1024 * 1024;

/**
 * The lines of a record as nagflux writes them, one for each item of the perfdata: the same series, so that
 * what asks the database goes on. All fields are floats, but for `unknown`.
 */
export function makeLines(record: PerfdataRecord, options: LineOptions): MadeLines {
  const { perfdata, name } = splitOffName(record.perfdata);
  const before = seriesBegin(record, name, options);
  const tags = extraTags(stageTag(options) + record.tags, options);
  const fields = extraFields(record.fields, options);
  const downtime = record.isInDowntime || saysDowntime(record.tags) ? ",downtime=true" : "";
  const prefixes = new LabelPrefix();
  let [text, lines, skipped] = ["", 0, 0];
  readPerfdata(perfdata, (item) => {
    const values = readValues(item);
    const label = prefixes.complete(item.label);
    const series =
      values &&
      `${before}${escapeTag(label, options)}${tags}${values.fills}${downtime}${unitTag(values.unit, options)}`;
    if (
      values === undefined ||
      series === undefined ||
      series.length > MAX_SERIES ||
      text.length > MAX_TEXT
    ) {
      skipped += 1;
      return;
    }
    text += `${series} ${values.fields}${fields} ${record.time}000\n`;
    lines += 1;
  });
  return { text, lines, skipped };
}

/** As a pair in front of those of the record, which count more. */
function stageTag({ stage }: LineOptions): ByteString {
  return stage === undefined ? "" : `stage=${stage} `;
}

/** `metrics,host=…,service=…,command=…,performanceLabel=` */
function seriesBegin(
  { host, service, command }: PerfdataRecord,
  name: ByteString | undefined,
  options: LineOptions,
): ByteString {
  const bang = command.indexOf("!");
  const called = name ?? (bang === -1 ? command : command.slice(0, bang));
  const tag = (value: ByteString) => escapeTag(value, options);
  const commandTag = called === "" ? "" : `,command=${tag(called)}`;
  return `${MEASUREMENT},host=${tag(host)},service=${tag(service ?? options.hostcheck)}${commandTag},performanceLabel=`;
}

/** `… [check_sakuli]`: the perfdata names the command that it is of. */
function splitOffName(perfdata: ByteString): { readonly perfdata: ByteString; readonly name?: ByteString } {
  const text = trimEnd(perfdata);
  if (!text.endsWith("]")) return { perfdata };
  const start = text.lastIndexOf("[");
  const isWord = start === 0 || (start > 0 && text.charCodeAt(start - 1) <= 0x20);
  const [name = ""] = text.slice(start + 1, -1).split("!", 1);
  return isWord && name !== "" ? { perfdata: text.slice(0, start), name } : { perfdata };
}

/** check_multi writes `child::plugin::label` for the first label of a child, and `label` for the others. */
class LabelPrefix {
  #prefix = "";

  complete(label: ByteString): ByteString {
    const end = label.lastIndexOf("::");
    if (end === -1) return this.#prefix + label;
    this.#prefix = label.slice(0, end + 2);
    return label;
  }
}

interface Values {
  readonly unit: ByteString;
  /** `,crit-fill=none`, and the same of warn. */
  readonly fills: string;
  readonly fields: string;
}

/** Undefined: it has no value that is a number or `U`. */
function readValues({ value, warn, crit, min, max }: PerfdataItem): Values | undefined {
  const isUnknown = value === "U";
  const number = isUnknown ? undefined : readNumber(value, 0);
  if (!isUnknown && number === undefined) return undefined;
  const [warnRange, critRange] = [
    warn === "" ? undefined : readRange(warn),
    crit === "" ? undefined : readRange(crit),
  ];
  const own = number === undefined ? "unknown=true" : `value=${number.text}`;
  const fields = rangeFields("crit", critRange) + limitField("max", max) + limitField("min", min) + own;
  return {
    unit: number === undefined ? "" : value.slice(number.end),
    fills: fillTag("crit", critRange) + fillTag("warn", warnRange),
    fields: warnRange === undefined ? fields : `${fields},${rangeFields("warn", warnRange).slice(0, -1)}`,
  };
}

/** Each field with a comma behind it. */
function rangeFields(name: "warn" | "crit", range: Range | undefined): string {
  if (range === undefined) return "";
  const [first, second] = range.numbers;
  return second === undefined ? `${name}=${first},` : `${name}-max=${second},${name}-min=${first},`;
}

function limitField(name: "min" | "max", text: string): string {
  const number = text === "" ? undefined : readNumber(text, 0);
  return number === undefined ? "" : `${name}=${number.text},`;
}

function fillTag(name: "warn" | "crit", range: Range | undefined): string {
  if (range === undefined) return "";
  if (range.numbers.length === 1) return `,${name}-fill=none`;
  return `,${name}-fill=${range.isInner ? "inner" : "outer"}`;
}

function unitTag(unit: ByteString, options: TagOptions): ByteString {
  return unit === "" ? "" : `,unit=${escapeTag(unit, options)}`;
}

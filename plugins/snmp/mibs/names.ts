import { CheckDeclined, type Shared } from "../../../sdk/index.ts";
import type { Oid } from "../session/oid.ts";
import { renderValue, TYPES, type Varbind } from "../snmpget/value-text.ts";
import { readMibStamp } from "./mib-stamp.ts";
import { runSnmpget } from "./snmpget-run.ts";

/** Objects of which snmpget makes numbers by the MIBs it loads. */
export interface NamedObjects {
  readonly miblist: string;
  readonly names: readonly string[];
}

/** What snmpget makes of names. */
export type Translation =
  /** snmpget ends with these errors and asks nobody. */
  | { readonly kind: "failed"; readonly errors: readonly string[] }
  /** snmpget complains so much about MIBs that the plugin's pipe is full, and both wait for each other. */
  | { readonly kind: "stuck" }
  | {
      readonly kind: "numbers";
      readonly oids: readonly Oid[];
      readonly labels: ReadonlyMap<Oid, string>;
      /** What snmpget says of the MIBs on stderr, before anything else. */
      readonly complaints: readonly string[];
    };

/** Whether the text is no option and needs no quotes of net-snmp's. */
export function isObjectName(text: string): boolean {
  return /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]{0,199}$/.test(text);
}

export interface PrintOptions {
  /** What snmpget prints before the equals sign. */
  readonly label: string;
  readonly miblist: string;
}

/** The MIBs are looked at again after this time. */
const LOOKED_AT_MS = 10_000;
/** How long a check waits until something is known. What was asked for is known to the next check. */
const PATIENCE_MS = 3_000;
const MAX_RUNNING = 2;
const MAX_KNOWN = 10_000;
/** Bytes. The pipe on which the plugin does not read takes so many. */
const PIPE = 65_536;
/** Bytes that a pipe takes for certain, even in many small pieces. */
const SAFE_PIPE = 49_152;

/**
 * Translates names of objects, and prints their values, as snmpget does with the MIBs of this machine. It
 * asks snmpget itself, once for a list of names, and once for a value of an object. All is forgotten when a
 * MIB, a setting or snmpget itself changes.
 */
export class MibNames implements Disposable {
  readonly #known = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #stamp = "";
  #looking: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** Throws a CheckDeclined where it is not certain what the plugin would do. */
  async translate(objects: NamedObjects, signal: AbortSignal): Promise<Translation> {
    await this.#within(this.#look(), signal);
    const key = JSON.stringify(objects);
    return this.#within(
      this.#know(key, () => translate(objects)),
      signal,
    );
  }

  /** What snmpget prints behind the equals sign. */
  async print(varbind: Varbind, { label, miblist }: PrintOptions, signal: AbortSignal): Promise<string> {
    if (NOTHING.has(varbind.type)) return renderValue(varbind);
    const { oid, type } = varbind;
    const object = { oid, type, label, miblist };
    if (NUMBERS.has(type)) {
      const suffix = await this.#within(
        this.#know(JSON.stringify(object), () => findSuffix(object)),
        signal,
      );
      if (suffix !== undefined) return `${renderValue(varbind)}${suffix}`;
    }
    const value = Buffer.isBuffer(varbind.value) ? varbind.value.toString("latin1") : String(varbind.value);
    return this.#within(
      this.#know(JSON.stringify([object, value]), () => printValue(varbind, label, miblist)),
      signal,
    );
  }

  [Symbol.dispose](): void {
    this.#known.clear();
  }

  async #look(): Promise<void> {
    if (performance.now() - this.#lookedAt > LOOKED_AT_MS) {
      this.#lookedAt = performance.now();
      this.#looking = readMibStamp().then((stamp) => {
        if (stamp !== this.#stamp) this.#known.clear();
        this.#stamp = stamp;
      });
    }
    await this.#looking;
  }

  /** What failed is tried again by the next check. */
  #know<Value>(key: string, learn: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key);
    if (known !== undefined) return known as Promise<Value>;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    const learned = this.#inTurn(learn);
    this.#known.set(key, learned);
    learned.catch(() => {
      if (this.#known.get(key) === learned) this.#known.delete(key);
    });
    return learned;
  }

  async #inTurn<Value>(learn: () => Promise<Value>): Promise<Value> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await learn();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  async #within<Value>(learned: Promise<Value>, signal: AbortSignal): Promise<Value> {
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(new CheckDeclined("snmpget is still asked what names of MIBs mean"));
    const timer = setTimeout(giveUp, PATIENCE_MS);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    try {
      return await Promise.race([learned, promise]);
    } catch (error) {
      if (error instanceof CheckDeclined || signal.aborted) throw error;
      throw new CheckDeclined("snmpget cannot be asked what names of MIBs mean");
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }
  }
}

/** One for all checks of the family. */
export const MIB_NAMES: Shared<MibNames> = { name: "MIB names", create: () => new MibNames() };

const ABSENT = " = No Such Instance currently exists at this OID";

async function translate({ miblist, names }: NamedObjects): Promise<Translation> {
  const { code, stdout, stderr, oids } = await runSnmpget({ miblist, names });
  if (stderr.length > PIPE) return { kind: "stuck" };
  if (stderr.length > SAFE_PIPE) throw new CheckDeclined("as many complaints about MIBs as a pipe takes");
  const complaints = splitLines(stderr);
  if (oids === undefined && code === 1 && stdout === "" && stderr !== "") {
    return { kind: "failed", errors: complaints };
  }
  const lines = splitLines(stdout);
  const isAnswered = code === 0 && oids?.length === names.length && lines.length === names.length;
  if (!isAnswered || !lines.every((line) => line.endsWith(ABSENT))) throw unclear();
  const labels = new Map(lines.map((line, at) => [oids[at] ?? "", line.slice(0, -ABSENT.length)]));
  return { kind: "numbers", oids, labels, complaints };
}

function splitLines(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function unclear(): CheckDeclined {
  return new CheckDeclined("names of which only snmpget knows what they mean");
}

/** Types that have no value. They are printed the same way whatever MIBs are loaded. */
const NOTHING: ReadonlySet<number> = new Set([TYPES.noSuchObject, TYPES.noSuchInstance, TYPES.endOfMibView]);

/** Types whose values change all the time. MIBs give them no names, but may give them a unit or a format. */
const NUMBERS: ReadonlySet<number> = new Set([TYPES.counter, TYPES.gauge, TYPES.timeTicks]);
const SAMPLES = [0, 1, 2, 3, 7, 12_345, 1_000_000_007, 4_294_967_295];

interface PrintedObject {
  readonly oid: Oid;
  readonly type: number;
  readonly label: string;
  readonly miblist: string;
}

/** What follows each number. Undefined where the numbers are not printed as without MIBs. */
async function findSuffix({ oid, type, label, miblist }: PrintedObject): Promise<string | undefined> {
  const values = SAMPLES.map((value) => ({ type, value }));
  const { code, stdout } = await runSnmpget({ miblist, names: SAMPLES.map(() => `.${oid}`), values });
  const lines = splitLines(stdout);
  if (code !== 0 || lines.length !== SAMPLES.length) throw unclear();
  const texts = values.map(({ value }) => `${label} = ${renderValue({ type, value })}`);
  const suffixes = lines.map((line, at) =>
    line.startsWith(texts[at] ?? "") ? line.slice(texts[at]?.length) : undefined,
  );
  const [suffix] = suffixes;
  return suffixes.every((each) => each === suffix) ? suffix : undefined;
}

async function printValue({ oid, type, value }: Varbind, label: string, miblist: string): Promise<string> {
  const { code, stdout } = await runSnmpget({ miblist, names: [`.${oid}`], values: [{ type, value }] });
  const start = `${label} = `;
  if (code !== 0 || !stdout.startsWith(start) || !stdout.endsWith("\n")) throw unclear();
  return stdout.slice(start.length, -1);
}

import {
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  maxState,
  OK,
  RESOLVER,
  STATE_NAMES,
  UNKNOWN,
  withinSeconds,
} from "../../sdk/index.ts";
import { strtod } from "../libc/number.ts";
import { readCommand, type SnmpCommand } from "./command.ts";
import { type Judged, judge } from "./judge.ts";
import { quoteLabel } from "./labels.ts";
import { MIB_NAMES } from "./mibs/names.ts";
import { type ReadObject, readObjects } from "./objects.ts";
import { OPTIONS } from "./options.ts";
import { readRateState, writeRateState } from "./rate-state.ts";
import type { Oid } from "./session/oid.ts";
import { loadNetSnmp } from "./session/session.ts";
import { SESSIONS } from "./session/sessions.ts";
import { CLIENT_CONFIG } from "./snmpget/client-config.ts";
import { PLAIN_PRINTER, type Printer, type SnmpgetOutput, snmpget } from "./snmpget/snmpget.ts";

export const checkSnmp = defineCheck({
  name: "check_snmp",
  summary: "values a device tells by SNMP",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  read: readCommand,
  target: ({ snmpget }) => snmpget.host,
  keepsState: ({ rate }: SnmpCommand) => rate !== undefined,
  prepare: async () => void (await loadNetSnmp()),

  async run(command: SnmpCommand, context) {
    const now = Math.floor(Date.now() / 1000);
    const { rate } = command;
    await context.shared(CLIENT_CONFIG).requirePlain();
    const previous = rate && (await readRateState(rate.stateFile, now));
    if (command.thresholds === undefined) throw new CheckFailure("Range format incorrect", UNKNOWN);
    const objects = readObjects(await ask(command, context), command.names.length, command.delimiter);
    const judged: Judged[] = [];
    for (const [at, object] of objects.entries())
      judged.push(await judge({ object, at, command, rateRun: { previous, now } }, context.signal));
    if (rate !== undefined) {
      const values = judged.map(({ number = 0 }) => number);
      await writeRateState(rate.stateFile, { time: now, values });
      if (previous === undefined) throw new CheckFailure(FIRST_RATE, OK);
    }
    return render(objects, judged, command);
  },
});

const FIRST_RATE = "No previous data to calculate rate - assume okay";

/**
 * Seconds of the plugin's own alarm beyond the retries. The alarm may come before snmpget's last time-out.
 */
const PATIENCE = 5;

/** Gives snmpget's lines. Rejects with a CheckFailure in the plugin's words. */
async function ask(command: SnmpCommand, { signal, shared }: CheckContext) {
  const { timeout, retries } = command.snmpget;
  const seconds = timeout * retries + PATIENCE;
  const onTimeout = () =>
    new CheckFailure("CRITICAL - Plugin timed out while executing system call\n", CRITICAL);
  const naming = await findNaming(command.asked, { shared, signal });
  const { objects, errors } = await withinSeconds<SnmpgetOutput>(
    { seconds, signal, onTimeout },
    (deadline) => {
      if (naming.kind === "failed") return Promise.resolve({ objects: [], errors: naming.errors });
      if (naming.kind === "stuck") return new Promise<never>(() => {});
      const { oids, createPrinter } = naming;
      const context = { sessions: shared(SESSIONS), resolver: shared(RESOLVER), signal: deadline };
      return snmpget({ ...command.snmpget, oids }, { ...context, printer: createPrinter(deadline) });
    },
  );
  const complaints = naming.kind === "numbers" ? naming.complaints : [];
  if (errors.length > 0 || (objects.length === 0 && complaints.length > 0)) {
    const said = [...complaints, ...errors].join("\n");
    throw new CheckFailure(`External command error: ${said}\n`, UNKNOWN);
  }
  if (objects.length === 0)
    throw new CheckFailure("External command error with no output (return code: 0)\n", UNKNOWN);
  return objects;
}

type Naming =
  | { readonly kind: "failed"; readonly errors: readonly string[] }
  | { readonly kind: "stuck" }
  | {
      readonly kind: "numbers";
      readonly oids: readonly Oid[];
      readonly complaints: readonly string[];
      readonly createPrinter: (signal: AbortSignal) => Printer;
    };

/** What snmpget makes of the objects of the command line, and how it prints them. */
async function findNaming(
  asked: SnmpCommand["asked"],
  { shared, signal }: Pick<CheckContext, "shared" | "signal">,
): Promise<Naming> {
  if ("oids" in asked)
    return { kind: "numbers", oids: asked.oids, complaints: [], createPrinter: () => PLAIN_PRINTER };
  const names = shared(MIB_NAMES);
  const translation = await names.translate(asked, signal);
  if (translation.kind !== "numbers") return translation;
  const { oids, labels, complaints } = translation;
  const name = (oid: Oid) => {
    const label = labels.get(oid);
    if (label === undefined) throw new CheckDeclined("an answer about an object nobody has asked for");
    return label;
  };
  const createPrinter = (deadline: AbortSignal): Printer => ({
    name,
    print: (varbind) => names.print(varbind, { label: name(varbind.oid), miblist: asked.miblist }, deadline),
  });
  return { kind: "numbers", oids, complaints, createPrinter };
}

/** Bytes of the plugin's buffer. */
const MAX_PERFDATA = 8191;

function render(
  objects: readonly ReadObject[],
  judged: readonly Judged[],
  command: SnmpCommand,
): CheckOutput {
  const state = maxState(...judged.map((each) => each.state));
  const label = command.rate === undefined ? "SNMP" : "SNMP RATE";
  const values = judged.map((each, at) => renderValue(each, at, command)).join(command.outputDelimiter);
  const text = judged.length === 0 ? "" : ` ${values}`;
  const perfdata = objects.map((object, at) => renderPerfdata(object, judged[at], at, command)).join("");
  const lines = objects.flatMap((object, at) => renderLines(object, command.names[at]));
  const first = `${label} ${STATE_NAMES[state]} -${text} ${`| ${perfdata}`.slice(0, MAX_PERFDATA)}`;
  return { returnCode: state, output: `${[first, ...lines].join("\n")}\n` };
}

function renderValue({ state, shown }: Judged, at: number, { labels, units }: SnmpCommand): string {
  const mark = state === OK ? "" : "*";
  const value = `${mark}${shown}${mark}`;
  return [labels[at], value, units[at]].filter((part) => part !== undefined).join(" ");
}

/** The number with which a value begins. A value without one has no perfdata. */
function renderPerfdata(
  { name, kind }: ReadObject,
  judged: Judged | undefined,
  at: number,
  command: SnmpCommand,
): string {
  const shown = judged?.shown ?? "";
  const { rest } = strtod(shown);
  if (rest === shown) return "";
  const label = quoteLabel((command.hasOidLabels ? undefined : command.labels[at]) ?? name);
  const uom = kind === "counter" && command.rate === undefined ? "c" : "";
  const value = `${label}=${shown.slice(0, shown.length - rest.length)}${uom}`;
  return `${value}${renderThresholds(at, command)} `;
}

/** Without a warning threshold its place before the critical one stays empty. */
function renderThresholds(at: number, { thresholds, hasWarning, hasCritical }: SnmpCommand): string {
  const { warning, critical } = thresholds?.[at] ?? {};
  if (hasCritical) return `;${warning?.text ?? ""};${critical?.text ?? ""}`;
  return hasWarning ? `;${warning?.text ?? ""}` : "";
}

function renderLines({ lines }: ReadObject, name = ""): readonly string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...lines];
}

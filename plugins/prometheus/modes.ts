import { CheckDeclined, type CheckOutput, OK, STATE_NAMES, type State } from "../../sdk/index.ts";
import { formatAny } from "../libc/go-text.ts";
import { type ApiContext, fetchTargets, type Labels, type QueryResult, query } from "./api.ts";
import { LABEL_VALUE, type Mode, type PrometheusCommand } from "./arguments.ts";
import { Perfdata, renderValue } from "./perfdata.ts";
import { judgeValue } from "./threshold.ts";

type Answer = (command: PrometheusCommand, context: ApiContext) => Promise<CheckOutput>;

export const MODES: Readonly<Record<Mode, Answer>> = {
  query: answerQuery,
  ping: answerPing,
  targets_health: answerTargets,
};

async function answerQuery(command: PrometheusCommand, context: ApiContext): Promise<CheckOutput> {
  const result = await query(command.query, context);
  switch (result.kind) {
    case "scalar":
      return answerScalar(command, result.value);
    case "vector":
      return result.samples.length === 0 ? answerEmpty(command) : answerVector(command, result.samples);
    case "matrix":
      return answerMatrix(command, result.values);
  }
}

function answerScalar(command: PrometheusCommand, value: number): CheckOutput {
  const { alias, query: text } = command;
  const label = replaceLabel("scalar", command);
  const perfdata = new Perfdata();
  // The plugin looks for the thresholds' place by the label that was not replaced.
  perfdata.add(label, renderValue(value), label === "scalar" ? limitsOf(command) : undefined);
  const title = alias === "" ? `Query: '${text}'` : `Alias: '${alias}'`;
  return print(judgeValue(value, command), `${title} returned: '${renderValue(value)}'`, perfdata);
}

type Samples = Extract<QueryResult, { kind: "vector" }>["samples"];

function answerVector(command: PrometheusCommand, samples: Samples): CheckOutput {
  const perfdata = new Perfdata();
  for (const { labels, value } of samples) {
    perfdata.add(replaceLabel(renderLabels(labels), command), renderValue(value), limitsOf(command));
  }
  const text = samples.map((sample) => renderAlias(command.alias, sample)).join("");
  return print(
    worstState(
      samples.map(({ value }) => value),
      command,
    ),
    text === "" ? `Query: '${command.query}'` : text,
    perfdata,
  );
}

/** The plugin ends with a signal if there is no value. */
function answerMatrix(command: PrometheusCommand, values: readonly number[]): CheckOutput {
  if (values.length === 0) throw new CheckDeclined("a range without values has no state");
  return print(
    worstState(values, command),
    command.alias === "" ? `Query: '${command.query}'` : command.alias,
    new Perfdata(),
  );
}

function worstState(values: readonly number[], command: PrometheusCommand): State {
  return values.reduce<State>((worst, value) => Math.max(worst, judgeValue(value, command)) as State, OK);
}

/** Without `--eqs` there is no name of a state before the text. Other names than those of states are OK. */
function answerEmpty({ emptyText, emptyState = "", query: text }: PrometheusCommand): CheckOutput {
  const known = STATE_NAMES.indexOf(emptyState.toUpperCase() as (typeof STATE_NAMES)[number]);
  const name = known < 0 ? emptyState : STATE_NAMES[known];
  const shown = emptyText === "" ? `Query '${text}' returned no data.` : emptyText;
  return { returnCode: Math.max(0, known), output: `${name} - ${shown}\n` };
}

const BUILD = 'prometheus_build_info{job="prometheus"}';

async function answerPing(_: PrometheusCommand, context: ApiContext): Promise<CheckOutput> {
  const begin = performance.now();
  const result = await query(BUILD, context);
  const seconds = (performance.now() - begin) / 1000;
  const [sample, ...others] = result.kind === "vector" ? result.samples : [];
  if (sample === undefined || others.length > 0)
    throw new CheckDeclined("the server does not tell its build");
  const perfdata = new Perfdata();
  perfdata.add("duration", `${seconds.toFixed(9).replace(/0+$/, "")}s`, ";;;0;");
  const { version = "", instance = "" } = sample.labels;
  return print(OK, `Version: ${version}, Instance ${instance}`, perfdata);
}

async function answerTargets(command: PrometheusCommand, context: ApiContext): Promise<CheckOutput> {
  const targets = await fetchTargets(context);
  const perfdata = new Perfdata();
  for (const { labels, isUp } of targets) {
    perfdata.add(labels[command.label] ?? labels["instance"] ?? "", isUp ? "0" : "1");
  }
  const healthy = targets.filter(({ isUp }) => isUp).length;
  const rate = targets.length === 0 ? 0 : healthy / targets.length;
  perfdata.add("health_rate", renderValue(rate), `;${command.warning};${command.critical};0;1`);
  perfdata.add("targets", String(targets.length), ";;;0;");
  const text = `There are ${healthy} healthy and ${targets.length - healthy} unhealthy targets`;
  return print(judgeValue(rate, command), text, perfdata);
}

function print(state: State, text: string, perfdata: Perfdata): CheckOutput {
  const rendered = perfdata.render();
  const shown = rendered === "" ? text : `${text}|${rendered}`;
  return { returnCode: state, output: `${STATE_NAMES[state]} - ${shown}\n` };
}

function limitsOf({ warning, critical }: PrometheusCommand): string {
  return `;${warning};${critical};;`;
}

/** Renders labels as Prometheus does: `{__name__="up", job="x"}`. */
function renderLabels(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return `{${names.map((name) => `${name}="${(labels[name] ?? "").replace(/["\\]/g, "\\$&")}"`).join(", ")}}`;
}

/** Replaces all that the pattern finds. Go finds nothing empty right behind what it has found before. */
function replaceLabel(label: string, { search, replacement }: PrometheusCommand): string {
  if (search === undefined) return label;
  let before = -1;
  return label.replace(search, (...found: readonly unknown[]) => {
    const at = found.findLastIndex((each) => typeof each === "number");
    const [match, ...groups] = found.slice(0, at).map((each) => `${each ?? ""}`);
    const [whole = "", start] = [match, Number(found[at])];
    const isEmpty = whole === "" && start === before;
    before = start + whole.length;
    return isEmpty
      ? ""
      : replacement.replace(/\$([0-9])/g, (_, group) => [whole, ...groups][Number(group)] ?? "");
  });
}

function renderAlias(alias: string, { labels, value }: Samples[number]): string {
  const xvalue = Number.isFinite(value) ? formatAny(value) : renderValue(value);
  const values: Labels = { ...labels, xvalue };
  return alias.replace(LABEL_VALUE, (_, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? "") : "<no value>",
  );
}

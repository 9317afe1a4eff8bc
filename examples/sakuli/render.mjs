/** What the core is told of a suite, a case or a step. Times are in seconds. */

const NAMES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
const MAX_ERROR = 1_000;

/** The worst of an entity and of all below it. An error of a test is CRITICAL. */
export function stateOf(entity) {
  return Math.max(ownState(entity), ...childrenOf(entity).map(stateOf));
}

/** `suite`, `suite_case` and `suite_case_step`, each with its entity: those that are results of their own. */
export function resultsOf(suite, { results, service }) {
  const name = service ?? suite.id;
  const cases = childrenOf(suite).map((one) => ({ service: `${name}_${one.id}`, entity: one }));
  const steps = cases.flatMap((one) =>
    childrenOf(one.entity).map((step) => ({ service: `${one.service}_${step.id}`, entity: step })),
  );
  const all = { suite: [], cases, steps: [...cases, ...steps] };
  return [{ service: name, entity: suite }, ...all[results]];
}

/** A line for people, a line for each case and step, and perfdata. */
export function renderOutput(entity, checkCommand) {
  const state = stateOf(entity);
  const faults = findFaults(entity);
  const why = faults.length === 0 ? "" : ` - ${faults.join("; ")}`;
  const head = `${NAMES[state]} - Sakuli ${entity.kind} ${safe(entity.id)} took ${secondsOf(entity)} s${why}`;
  const lines = childrenOf(entity).flatMap((child) => renderLines(child));
  return `${[head, ...lines].join("\n")}|${renderPerfdata(entity, checkCommand)}`;
}

function renderLines(entity, depth = 0) {
  const fault = errorOf(entity);
  const line = `${"  ".repeat(depth)}${NAMES[ownState(entity)]} - ${entity.kind} ${safe(entity.id)}: ${secondsOf(entity)} s${fault === "" ? "" : ` - ${fault}`}`;
  return [line, ...childrenOf(entity).flatMap((child) => renderLines(child, depth + 1))];
}

/** In the order of Sakuli 1, whose dashboards look for `suite_…`, `c_001_…`, `s_001_001_…` and `graph_type_…`. */
export function renderPerfdata(entity, checkCommand) {
  const values = {
    suite: () => [
      value(`suite_${label(entity.id)}`, entity),
      "graph_type_suite=0;;;;",
      ...facts("suite_", entity),
      ...childrenOf(entity).flatMap((one, at) => caseValues(one, at + 1)),
    ],
    case: () => ["graph_type_case=0;;;;", ...caseValues(entity, 1)],
    step: () => ["graph_type_step=0;;;;", stepValue(entity, 1, 1)],
  };
  return `${values[entity.kind]().join(" ")} [${checkCommand}]`;
}

function caseValues(one, number) {
  const prefix = `c_${digits(number)}_`;
  return [
    ...facts(prefix, one),
    value(`${prefix}${label(one.id)}`, one),
    ...childrenOf(one).map((step, at) => stepValue(step, number, at + 1)),
  ];
}

function stepValue(step, caseNumber, number) {
  return value(`s_${digits(caseNumber)}_${digits(number)}_${label(step.id)}`, step);
}

function facts(prefix, entity) {
  const limits = ["warning", "critical"].filter((name) => limitOf(entity, name) !== "");
  return [
    `${prefix}_state=${stateOf(entity)};;;;`,
    ...limits.map((name) => `${prefix}_${name}=${limitOf(entity, name)}s;;;;`),
  ];
}

function value(name, entity) {
  return `${name}=${secondsOf(entity)}s;${limitOf(entity, "warning")};${limitOf(entity, "critical")};;`;
}

function limitOf(entity, name) {
  const limit = Number(entity[`${name}Time`]);
  return limit > 0 ? String(Number(limit.toFixed(3))) : "";
}

function ownState(entity) {
  if (entity.error) return 2;
  const seconds = durationOf(entity);
  const isOver = (limit) => limit > 0 && seconds > limit;
  if (isOver(entity.criticalTime)) return 2;
  return isOver(entity.warningTime) ? 1 : 0;
}

function findFaults(entity) {
  const below = childrenOf(entity).flatMap(findFaults);
  const own = errorOf(entity) || limitFault(entity);
  return own === "" ? below : [`${entity.kind} ${safe(entity.id)}: ${own}`, ...below];
}

function limitFault(entity) {
  const state = ownState(entity);
  if (state === 0) return "";
  return `${secondsOf(entity)} s are more than ${limitOf(entity, state === 2 ? "critical" : "warning")} s`;
}

function errorOf({ error }) {
  return error ? safe(error.message ?? error) : "";
}

function childrenOf({ testCases, testSteps }) {
  return testCases ?? testSteps ?? [];
}

export function durationOf({ startDate, endDate }) {
  return startDate && endDate ? (endDate.getTime() - startDate.getTime()) / 1_000 : 0;
}

function secondsOf(entity) {
  return durationOf(entity).toFixed(2);
}

/** No line break, no `|` (what follows would be perfdata), and no embedded picture. */
function safe(text) {
  const plain = String(text ?? "")
    .replace(/data:[\w/+.-]+;base64,[\w+/=]+/g, "[data]")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replaceAll("|", "¦")
    .trim();
  return plain.length > MAX_ERROR ? `${plain.slice(0, MAX_ERROR)}…` : plain;
}

function label(id) {
  return String(id ?? "").replace(/[\s\p{Cc}'=|;]+/gu, "_");
}

function digits(number) {
  return String(number).padStart(3, "0");
}

import { CheckDeclined, OK, WARNING } from "../../../sdk/index.ts";
import { renderNumber } from "../client/answer.ts";
import { lowerCase, matches, readPattern, toFixed, toNumber } from "../glplugin/perl.ts";
import type { ModeContext } from "./context.ts";
import { shortenIfAsked } from "./counters.ts";
import {
  type Database,
  databasesQuery,
  isOnline,
  isRestoringMirror,
  readDatabase,
  selectDatabases,
} from "./databases.ts";
import { type Drives, readDrives, readFileGroups, type Space, sumGroups } from "./files.ts";
import type { HealthRequest } from "./request.ts";

type Kind = "data" | "log";

/** `--mitigation ok=HOURS` is of backups, and `--name2` may be a pattern. */
export function acceptsFree({ mitigation, name2, regexp }: HealthRequest): boolean {
  return mitigation?.kind !== "hours" && (!regexp || !name2 || readPattern(name2, "i") !== undefined);
}

export function databaseFree(kinds: readonly Kind[]): (context: ModeContext) => Promise<void> {
  return async (context) => {
    const { questions, server, request } = context;
    const drives = await readDrives(context);
    const rows = await questions.rows(
      databasesQuery("db.name, db.database_id, db.state, db.state_desc", server),
    );
    const all = rows.map(([name, , state = null, stateName = null, role = null]) =>
      readDatabase(name, [state, stateName, role]),
    );
    for (const database of selectDatabases(all, request))
      await judgeDatabase(database, { ...context, kinds, drives });
    shortenIfAsked(context);
  };
}

type FreeContext = ModeContext & { readonly kinds: readonly Kind[]; readonly drives: Drives };

async function judgeDatabase(database: Database, context: FreeContext): Promise<void> {
  const { result, kinds, drives } = context;
  const { name } = database;
  const groups = isOnline(database) ? await readFileGroups(name, drives, context) : [];
  const log = sumGroups(groups, true, drives);
  if (!isOnline(database)) judgeOffline(database, context);
  else {
    for (const group of groups.filter(({ isLog }) => kinds.includes(isLog ? "log" : "data"))) {
      const full = `${name}::${group.name}`;
      judgeSpace({ item: "filegroup", name: full, label: `grp_${lowerCase(full)}`, of: "" }, group, context);
    }
    result.clearOk();
    const data = sumGroups(groups, false, drives);
    for (const kind of kinds) tellDatabase(name, kind, { space: kind === "log" ? log : data, context });
  }
  if (kinds.every((kind) => kind === "log") && log === undefined)
    result.add(OK, `database ${name} has no logs`);
}

function judgeOffline(database: Database, { request, result }: FreeContext): void {
  const { name } = database;
  if (isRestoringMirror(database)) {
    result.add(OK, `database ${name} is a restoring mirror`);
    return;
  }
  const { offlineok, mitigation } = request;
  const state = offlineok ? OK : mitigation?.kind === "state" ? mitigation.state : WARNING;
  result.add(state, `database ${name} is not online`);
}

interface Told {
  readonly space: Space | undefined;
  readonly context: FreeContext;
}

function tellDatabase(name: string, kind: Kind, { space, context }: Told): void {
  if (space === undefined) return;
  const { result, request } = context;
  const label = `db_${lowerCase(name)}${kind === "log" ? "_log" : ""}`;
  const of = kind === "log" ? "log " : "";
  const { percent, units, allocated, factor } = judgeSpace(
    { item: "database", name, label, of },
    space,
    context,
  );
  const places = 2;
  result.addPerfdata({ label: `${label}_free_pct`, value: percent, places, unit: "%" });
  result.addPerfdata({
    label: `${label}_free`,
    value: units,
    places,
    min: "0",
    unit: unitOf(request) === "%" ? "MB" : unitOf(request),
    max: renderNumber(space.most / factor),
  });
  result.addPerfdata({ label: `${label}_allocated_pct`, value: allocated, places, unit: "%" });
}

interface Subject {
  readonly item: "database" | "filegroup";
  readonly name: string;
  readonly label: string;
  /** `log ` in `free log space left`. */
  readonly of: string;
}

const FACTORS: Readonly<Record<string, number>> = { GB: 1024 ** 3, MB: 1024 ** 2, KB: 1024 };

function unitOf({ units }: HealthRequest): string {
  return units ?? "%";
}

function judgeSpace({ item, name, label, of }: Subject, space: Space, { result, request }: FreeContext) {
  const { used, size, most } = space;
  if (most === 0) throw new CheckDeclined("files that may not have any space");
  const unit = unitOf(request);
  const factor = FACTORS[unit.toUpperCase()] ?? FACTORS["MB"] ?? 1;
  const percent = 100 - (100 * used) / most;
  const units = (most - used) / factor;
  const [inPercent, inUnits] = [`${label}_free_pct`, `${label}_free`];
  const isPercent = unit === "%";
  const [judged, derived] = isPercent ? [inPercent, inUnits] : [inUnits, inPercent];
  result.thresholds.set(
    isPercent ? { warning: "10:", critical: "5:" } : { warning: "5:", critical: "10:" },
    judged,
  );
  const { warning = "", critical = "" } = result.thresholds.get(judged);
  const convert = (text: string) => {
    const number = toNumber(text.replaceAll(":", ""));
    return `${renderNumber(isPercent ? (number * most) / 100 / factor : (100 * (number * factor)) / most)}:`;
  };
  result.thresholds.force({ warning: convert(warning), critical: convert(critical) }, derived);
  const value = isPercent ? percent : units;
  const state = isMeant(name, request) ? result.thresholds.check(value, judged) : OK;
  result.add(state, `${item} ${name} has ${toFixed(value, 2)}${unit} free ${of}space left`);
  return { percent, units, allocated: (100 * size) / most, factor };
}

/** `--name2` names filegroups, and databases too: others are always good. */
function isMeant(name: string, { name2, regexp }: HealthRequest): boolean {
  if (!name2 || name2 === "0") return true;
  if (!regexp) return lowerCase(name2) === lowerCase(name);
  const pattern = readPattern(name2, "i");
  return pattern !== undefined && matches(pattern, name);
}

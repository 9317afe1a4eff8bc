import { CRITICAL, OK, WARNING } from "../../../sdk/index.ts";
import { compareTexts, lowerCase } from "../glplugin/perl.ts";
import { type ModeContext, type Row, required } from "./context.ts";
import { shortenIfAsked } from "./counters.ts";
import type { HealthRequest } from "./request.ts";

/** What all modes know of a database. */
export interface Database {
  readonly name: string;
  /** A number of sys.databases: 6 is offline. */
  readonly state: string | null;
  readonly stateName: string;
  /** In mirroring: `principal` or `mirror`. */
  readonly role: string;
}

const OFFLINE = ["6", "10"];

export function readDatabase(name: string | null | undefined, [state, stateName, role]: Row): Database {
  return {
    name: required(name),
    state: state ?? null,
    stateName: lowerCase(stateName ?? ""),
    role: lowerCase(role ?? ""),
  };
}

export function isOnline({ stateName }: Database): boolean {
  return stateName === "online";
}

/** The copy of a mirrored database, which takes no connections. */
export function isRestoringMirror({ role }: Database): boolean {
  return role === "mirror";
}

/** Those that are asked for, the last name first. */
export function selectDatabases<Known extends Database>(
  all: readonly Known[],
  { matchesName, notemp, nooffline }: HealthRequest,
): readonly Known[] {
  return all
    .filter(({ name, state }) => {
      const isLeftOut = (notemp && name === "tempdb") || (nooffline && OFFLINE.includes(state ?? ""));
      return matchesName(name) && !isLeftOut;
    })
    .sort((one, other) => compareTexts(other.name, one.name));
}

/** SQL Server 2014 says which replica is the primary one. */
const KNOWS_PRIMARY = 12;

/** Without snapshots, and without replicas that are not the primary one. */
export function databasesQuery(columns: string, { version, hasGroups }: ModeContext["server"]): string {
  const mirroring = "LEFT JOIN sys.database_mirroring AS mr ON mr.database_id = db.database_id";
  const begin = `SELECT ${columns}, mr.mirroring_role_desc FROM master.sys.databases AS db ${mirroring}`;
  const where = "WHERE db.source_database_id IS NULL";
  if (!hasGroups || version < KNOWS_PRIMARY) return `${begin} ${where}`;
  const replicas =
    "LEFT JOIN master.sys.dm_hadr_database_replica_states AS rs ON rs.replica_id = db.replica_id AND rs.group_database_id = db.group_database_id";
  return `${begin} ${replicas} ${where} AND (rs.is_primary_replica IS NULL OR rs.is_primary_replica = 1)`;
}

const ONLINE_COLUMNS = "db.name, db.state, db.state_desc, db.collation_name";

export async function databaseOnline(context: ModeContext): Promise<void> {
  const { questions, server, request, result } = context;
  const rows = await questions.rows(databasesQuery(ONLINE_COLUMNS, server));
  const all = rows.map(([name, state = null, stateName = null, collation, role = null]) => ({
    ...readDatabase(name, [state, stateName, role]),
    isAccepting: collation !== null && collation !== "" && collation !== "0",
  }));
  for (const database of selectDatabases(all, request)) judgeOnline(database, result);
  shortenIfAsked(context);
}

function judgeOnline(
  database: Database & { readonly isAccepting: boolean },
  result: ModeContext["result"],
): void {
  const { name, stateName, isAccepting } = database;
  const says = `${name} is ${stateName}`;
  if (isOnline(database)) {
    if (isAccepting) result.add(OK, `${says} and accepting connections`);
    else result.add(WARNING, `${says} but not accepting connections`);
  } else if (isRestoringMirror(database)) result.add(OK, `database ${name} is a restoring mirror`);
  else result.add(/^(?:recover|restor)/.test(stateName) ? WARNING : CRITICAL, says);
}

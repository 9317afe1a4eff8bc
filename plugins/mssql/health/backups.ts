import { CRITICAL, OK } from "../../../sdk/index.ts";
import { toInteger, toNumber } from "../glplugin/perl.ts";
import { type ModeContext, required } from "./context.ts";
import { shortenIfAsked } from "./counters.ts";
import { type Database, isOnline, isRestoringMirror, readDatabase, selectDatabases } from "./databases.ts";

interface BackedUp extends Database {
  /** Hours since the last backup. Null: there was none. */
  readonly age: string | null;
  /** Minutes. */
  readonly duration: string | null;
  /** Hours since the database was created. */
  readonly databaseAge: string | null;
}

const QUERY = [
  "SELECT db.name, db.recovery_model, bs.age, bs.duration, db.state, db.state_desc,",
  "DATEDIFF(hour, db.create_date, GETDATE()), mr.mirroring_role_desc FROM sys.databases AS db",
  "LEFT JOIN (SELECT database_name, DATEDIFF(hour, MAX(backup_finish_date), GETDATE()) AS age,",
  "DATEDIFF(minute, MAX(backup_start_date), MAX(backup_finish_date)) AS duration",
  "FROM msdb.dbo.backupset WITH (NOLOCK) WHERE type IN ('D', 'I') GROUP BY database_name) AS bs",
  "ON bs.database_name = db.name",
  "LEFT JOIN sys.database_mirroring AS mr ON mr.database_id = db.database_id",
  "WHERE db.source_database_id IS NULL",
].join(" ");

export async function backupAge(context: ModeContext): Promise<void> {
  const { questions, request, result } = context;
  const rows = await questions.rows(QUERY);
  const all = rows.map(
    ([
      name,
      ,
      age = null,
      duration = null,
      state = null,
      stateName = null,
      databaseAge = null,
      role = null,
    ]): BackedUp => ({
      ...readDatabase(name, [state, stateName, role]),
      age,
      duration,
      databaseAge,
    }),
  );
  const isPreferred = await createPreferredTest(context);
  for (const database of selectDatabases(all, request)) {
    const { name } = database;
    const isOurs = await isPreferred(name);
    if (!isOurs && !request.replicas)
      result.add(OK, `this is not the preferred replica for backups of ${name}`);
    else if (!isOnline(database) && isRestoringMirror(database))
      result.add(OK, `database ${name} is a restoring mirror`);
    else judgeBackup(database, context);
  }
  shortenIfAsked(context);
}

/** SQL Server 2012 has availability groups. */
const HAS_GROUPS = 11;

const JOINED = [
  "SELECT DISTINCT cs.database_name FROM master.sys.availability_groups AS ag",
  "JOIN master.sys.availability_replicas AS ar ON ar.group_id = ag.group_id",
  "JOIN master.sys.dm_hadr_database_replica_cluster_states AS cs ON cs.replica_id = ar.replica_id",
  "WHERE cs.is_database_joined = 1",
].join(" ");

/** Databases of a group have their backups on one replica. */
async function createPreferredTest({
  questions,
  server,
}: ModeContext): Promise<(name: string) => Promise<boolean>> {
  if (server.version < HAS_GROUPS || !server.hasGroups) return async () => true;
  const joined = new Set((await questions.rows(JOINED)).map(([name]) => name));
  return async (name) => {
    if (!joined.has(name)) return true;
    const [answer] = await questions.row("SELECT sys.fn_hadr_backup_is_preferred_replica(@name)", name);
    return toNumber(required(answer)) === 1;
  };
}

function judgeBackup(database: BackedUp, context: ModeContext): void {
  const { result } = context;
  const { name, age, duration } = database;
  const label = `${name}_bck_age`;
  result.thresholds.set({ warning: "48", critical: "72" }, label);
  if (age === null) judgeWithoutBackup(database, context);
  else {
    const text = `${name} was backed up ${toInteger(age)}h ago`;
    result.add(result.thresholds.check(toNumber(age), label), text);
  }
  result.addPerfdata({ label, value: age ?? "0" });
  result.addPerfdata({ label: `${name}_bck_time`, value: age === null ? "0" : required(duration) });
}

function judgeWithoutBackup({ name, databaseAge }: BackedUp, { request, result }: ModeContext): void {
  const { mitigation } = request;
  const never = `${name} was never backed up`;
  if (mitigation?.kind === "state") result.add(mitigation.state, never);
  else if (mitigation === undefined || mitigation.hours < toNumber(required(databaseAge)))
    result.add(CRITICAL, never);
  else result.add(OK, `db ${name} was created just ${toInteger(required(databaseAge))} hours ago`);
}

import type { Column, Value } from "./columns.ts";
import type { Reply, Rows } from "./tds-server.ts";

/** What a SQL Server has, as far as the checks ask for it. */
export interface Instance {
  readonly version: string;
  readonly service: string;
  readonly hasGroups?: boolean;
  readonly users?: number | null;
  readonly startedAt?: string;
  readonly uptime?: number;
  readonly cpuBusy?: number | null;
  readonly ioBusy?: number | null;
  readonly hitRatio?: string | null;
  /** By `object/counter`, without the name of the instance. */
  readonly counters?: Readonly<Record<string, string>>;
  readonly drives?: Readonly<Record<string, number>>;
  readonly databases?: readonly DatabaseModel[];
  /** Whether `sysjobactivity` and `sysschedules` may be read. */
  readonly rights?: readonly [number, number];
  readonly now?: string;
  readonly jobs?: readonly JobModel[];
  /** Answers to statements of an operator, by their text. */
  readonly statements?: Readonly<Record<string, Reply>>;
}

export interface DatabaseModel {
  readonly name: string;
  readonly state?: number;
  readonly stateName?: string;
  readonly collation?: string | null;
  readonly role?: string | null;
  /** A replica that is not the primary one. */
  readonly isSecondary?: boolean;
  readonly isJoined?: boolean;
  readonly isPreferred?: number;
  readonly backupAge?: number | null;
  readonly backupDuration?: number | null;
  readonly age?: number | null;
  /** Filegroup, name, size, limit, growth, used pages, type and drive. */
  readonly files?: readonly (readonly [
    string,
    string,
    number,
    number,
    number,
    number | null,
    string,
    string,
  ])[];
  readonly isForbidden?: boolean;
}

export interface JobModel {
  readonly name: string;
  readonly seconds: number | null;
  readonly start: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly frequency?: number | null;
}

const text = (name = ""): Column => ({ name, type: "nvarchar" });
const number = (name = ""): Column => ({ name, type: "int" });

function rows(columns: readonly Column[], ...all: readonly (readonly Value[])[]): Reply {
  return { results: [{ columns, rows: all } satisfies Rows] };
}

type Answerer = (instance: Instance, sql: string) => Reply;

/** Which question is meant, by words that the plugin's statement and the worker's own have in common. */
const QUESTIONS: readonly (readonly [RegExp, Answerer])[] = [
  [
    /@@version.*@@servicename/is,
    ({ version, service, hasGroups = false }) =>
      rows([text(), text(), number()], [version, service, hasGroups ? 1 : 0]),
  ],
  [/@@version/i, ({ version }) => rows([text()], [version])],
  [/SYSTEM_USER/, () => rows([text()], ["mon"])],
  [/@@SERVICENAME/, ({ service }) => rows([text()], [service])],
  [/IsHadrEnabled/, ({ hasGroups = false }) => rows([number()], [hasGroups ? 1 : 0])],
  [/sysprocesses/, ({ users = 7 }) => rows([number()], [users])],
  [/@@CPU_BUSY/, ({ cpuBusy = 100.5 }) => rows([{ name: "", type: "float" }], [cpuBusy])],
  [/@@IO_BUSY/, ({ ioBusy = 50.25 }) => rows([{ name: "", type: "float" }], [ioBusy])],
  [
    /BufferCacheHitRatio|AS lookups/,
    ({ hitRatio = "99.8700000000000" }) =>
      rows(
        [{ name: "", type: "numeric", precision: 38, scale: 13 }],
        ...(hitRatio === null ? [] : [[hitRatio]]),
      ),
  ],
  [/cntr_value/, answerCounter],
  [
    /xp_fixeddrives/,
    ({ drives = { C: 10_240 } }) => rows([text("drive"), number("MB free")], ...Object.entries(drives)),
  ],
  [/sys\.database_files/, answerFiles],
  [
    /dm_hadr_database_replica_cluster_states/,
    ({ databases = [] }) =>
      rows([text()], ...databases.filter(({ isJoined }) => isJoined).map(({ name }) => [name])),
  ],
  [
    /fn_hadr_backup_is_preferred_replica/,
    ({ databases = [] }, sql) => {
      const name = /'([^']*)'/.exec(sql)?.[1];
      return rows(
        [{ name: "", type: "bit" }],
        [databases.find((each) => each.name === name)?.isPreferred ?? 1],
      );
    },
  ],
  [/sys\.databases/, answerDatabases],
  [/HAS_PERMS_BY_NAME/, ({ rights = [1, 1] }) => rows([number(), number()], rights)],
  [/sysjobs\b/, answerJobs],
  [
    /sqlserver_start_time/,
    ({ startedAt = "2024-05-01T08:00:00.123", uptime = 86_400 }) =>
      rows([{ name: "", type: "varchar" }, number()], [startedAt, uptime]),
  ],
];

/** Answers as this instance would. */
export function answerAs(instance: Instance): (sql: string) => Reply {
  return (sql) => {
    const stated = instance.statements?.[sql.trim()];
    if (stated !== undefined) return stated;
    const [, answer] = QUESTIONS.find(([question]) => question.test(sql)) ?? [];
    return answer?.(instance, sql) ?? unknown(sql);
  };
}

function unknown(sql: string): Reply {
  const [near = ""] = sql.trim().split(/\s/);
  return { messages: [{ number: 102, severity: 15, text: `Incorrect syntax near '${near}'.` }] };
}

function answerCounter({ service, counters = {} }: Instance, sql: string): Reply {
  const [, object = ""] = /object_name = '([^']*)'/.exec(sql) ?? [];
  const [, counter = ""] = /counter_name = '([^']*)'/.exec(sql) ?? [];
  const prefix = service.toUpperCase() === "MSSQLSERVER" ? "SQLServer:" : `MSSQL$${service}:`;
  const value = object.startsWith(prefix) ? counters[`${object.slice(prefix.length)}/${counter}`] : undefined;
  return rows([{ name: "cntr_value", type: "bigint" }], ...(value === undefined ? [] : [[value]]));
}

function answerFiles({ databases = [] }: Instance, sql: string): Reply {
  const [, name = ""] = /USE\s+\[([^\]]*)\]/.exec(sql) ?? [];
  const database = databases.find((each) => each.name === name);
  if (database?.isForbidden) {
    const said = `The server principal "mon" is not able to access the database "${name}" under the current security context.`;
    return { messages: [{ number: 916, severity: 14, text: said }] };
  }
  const columns = [text(), text(), text(), number(), number(), number(), number(), number()];
  const rest = [number(), number(), number(), text(), text(), text(), text()];
  const all = (database?.files ?? []).map(
    ([group, file, size, limit, growth, used, type, drive]): readonly Value[] => [
      ...[name, group, file, 0, 0, 0, size, limit, growth, 0, used, type, "ONLINE", drive],
      `${drive}:\\data\\${file}`,
    ],
  );
  return rows([...columns, ...rest], ...all);
}

function answerDatabases({ databases = [] }: Instance, sql: string): Reply {
  const shown = databases.filter(({ isSecondary }) => !(isSecondary && sql.includes("is_primary_replica")));
  const state = ({ state = 0, stateName = "ONLINE" }: DatabaseModel) => [state, stateName] as const;
  if (sql.includes("backupset")) {
    const columns = [text(), number(), number(), number(), number(), text(), number(), text()];
    const row = (each: DatabaseModel): readonly Value[] => {
      const { name, backupAge = 5, backupDuration = 2, age = 1000, role = null } = each;
      return [name, 1, backupAge, backupDuration, ...state(each), age, role];
    };
    return rows(columns, ...shown.map(row));
  }
  if (sql.includes("collation_name")) {
    const row = (each: DatabaseModel): readonly Value[] => {
      const { name, collation = "Latin1_General_CI_AS", role = null } = each;
      return [name, ...state(each), collation, role];
    };
    return rows([text(), number(), text(), text(), text()], ...shown.map(row));
  }
  const row = (each: DatabaseModel, at: number): readonly Value[] => [
    ...[each.name, at + 1, ...state(each), each.role ?? null],
  ];
  return rows([text(), number(), number(), text(), text()], ...shown.map(row));
}

/** The plugin asks for ten columns, the worker for the seven of them that are used. */
function answerJobs(
  { jobs = [], now = "2024-05-02 12:00:00", rights = [1, 1] }: Instance,
  sql: string,
): Reply {
  const isOfPlugin = sql.includes("RowNumber");
  const row = ({ name, seconds, start, status, message, frequency = null }: JobModel): readonly Value[] => {
    const freq = rights[1] === 1 ? frequency : null;
    if (!isOfPlugin) return [name, now, seconds, start, status, message, freq];
    return [
      "6F9619FF-8B86-D011-B42D-00C04FC964FF",
      name,
      now,
      seconds,
      start,
      status,
      "0:00",
      message,
      null,
      freq,
    ];
  };
  const own = [text(), text(), number(), text(), text(), text(), number()];
  const all = [text(), text(), text(), number(), text(), text(), text(), text(), text(), number()];
  return rows(isOfPlugin ? all : own, ...jobs.map(row));
}

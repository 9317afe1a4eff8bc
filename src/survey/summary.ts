import type { Survey, SurveyedCheck } from "./survey.ts";

/** A number of checks, and the cores that they need. */
export interface Amount {
  readonly checks: number;
  readonly nowCores: number;
  readonly thenCores: number;
}

export interface WayAmount extends Amount {
  readonly via: SurveyedCheck["via"];
}

/** Checks of one program that are not answered natively for one reason. */
export interface ReasonAmount extends WayAmount {
  readonly program: string;
  readonly whyNot: string;
  /** One of them. */
  readonly example: {
    readonly host: string;
    readonly service: string | undefined;
    readonly commandLine: string;
  };
}

export interface ProgramAmount extends Amount {
  readonly program: string;
  /** How many of its checks are answered natively. */
  readonly native: number;
}

export interface SurveySummary {
  readonly hosts: number;
  readonly services: number;
  readonly inactive: number;
  readonly withoutCommand: number;
  /** Checks that the core runs only when it is told to: they have no share in the CPU. */
  readonly withoutInterval: number;
  readonly checksPerSecond: number;
  readonly all: Amount;
  /** In the order native, warm, plugin, shell, refuse. */
  readonly ways: readonly WayAmount[];
  /** The most frequent first. */
  readonly reasons: readonly ReasonAmount[];
  readonly programs: readonly ProgramAmount[];
  /** Checks whose own cost was measured. */
  readonly measured: number;
  /** Checks whose plugin is not on this machine. */
  readonly absent: number;
}

export const WAYS = [
  "native",
  "warm",
  "plugin",
  "shell",
  "refuse",
] as const satisfies readonly SurveyedCheck["via"][];

export function summarise({ checks, ...counts }: Survey): SurveySummary {
  const byReason = Map.groupBy(
    checks.filter(({ whyNot }) => whyNot !== undefined),
    ({ via, program, whyNot }) => JSON.stringify([via, program, whyNot]),
  );
  const byProgram = Map.groupBy(checks, ({ program }) => program);
  return {
    ...counts,
    withoutInterval: checks.filter(({ interval }) => interval === undefined).length,
    checksPerSecond: sum(checks, ({ interval }) => (interval === undefined ? 0 : 1 / interval)),
    all: amountOf(checks),
    ways: WAYS.map((via) => ({ via, ...amountOf(checks.filter((each) => each.via === via)) })),
    reasons: mostFirst([...byReason.values()].flatMap(reasonOf)),
    programs: mostFirst(
      [...byProgram].map(([program, all]) => ({
        program,
        native: all.filter(({ via }) => via === "native").length,
        ...amountOf(all),
      })),
    ),
    measured: checks.filter(({ cost }) => cost.isMeasured).length,
    absent: checks.filter(({ isAbsent }) => isAbsent).length,
  };
}

function reasonOf(checks: readonly SurveyedCheck[]): readonly ReasonAmount[] {
  const [first] = checks;
  if (first?.whyNot === undefined) return [];
  const { via, program, whyNot, host, service, shownLine } = first;
  return [
    { via, program, whyNot, ...amountOf(checks), example: { host, service, commandLine: shownLine() } },
  ];
}

function amountOf(checks: readonly SurveyedCheck[]): Amount {
  const cores = (ms: "nowMs" | "thenMs") =>
    sum(checks, ({ cost, interval }) => (interval === undefined ? 0 : cost[ms] / 1000 / interval));
  return { checks: checks.length, nowCores: cores("nowMs"), thenCores: cores("thenMs") };
}

function sum<T>(all: readonly T[], pick: (one: T) => number): number {
  return all.reduce((total, one) => total + pick(one), 0);
}

function mostFirst<T extends Amount & { readonly program: string }>(all: readonly T[]): readonly T[] {
  return all.toSorted(
    (one, other) =>
      other.checks - one.checks || (one.program < other.program ? -1 : one.program > other.program ? 1 : 0),
  );
}

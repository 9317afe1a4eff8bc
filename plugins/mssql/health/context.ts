import { CheckDeclined, CheckFailure, CRITICAL } from "../../../sdk/index.ts";
import { type Answer, type Cell, renderNumber } from "../client/answer.ts";
import type { Session } from "../client/driver.ts";
import type { Result } from "../glplugin/result.ts";
import type { StateFiles } from "../glplugin/state-files.ts";
import type { HealthRequest } from "./request.ts";

export type Row = readonly (string | null)[];

/** Real numbers are not yet text, as Perl rounds them before. */
export type Values = readonly (string | number | null)[];

/** What a mode works with. */
export interface ModeContext {
  readonly request: HealthRequest;
  readonly result: Result;
  readonly questions: Questions;
  readonly server: ServerFacts;
  readonly files: StateFiles;
  /** Seconds that the login took. */
  readonly connectSeconds: number;
  /** Seconds of the server so far. */
  readonly seconds: () => number;
}

export interface ServerFacts {
  /** 15 is SQL Server 2019. */
  readonly version: number;
  /** `SQLServer` or `MSSQL$INSTANCE`: what the names of its counters begin with. */
  readonly counters: string;
  /** Whether availability groups are switched on. */
  readonly hasGroups: boolean;
}

/** Texts that are sent with each `USE`. */
const USUAL = [5701, 5703];

/** Asks the server, and leaves to the plugin what only it has words for. */
export class Questions {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** All sets of rows. A statement with a name uses it as `@name`. */
  async sets(sql: string, name?: string): Promise<readonly (readonly Values[])[]> {
    const answer = await this.#session.ask(sql, name);
    declineIfSpoken(answer);
    return answer.sets.map((set) => set.map((row) => row.map(requireSure)));
  }

  async rows(sql: string, name?: string): Promise<readonly Row[]> {
    const [rows = []] = await this.sets(sql, name);
    return rows.map((row) => row.map((value) => (typeof value === "number" ? renderNumber(value) : value)));
  }

  async row(sql: string, name?: string): Promise<Row> {
    return (await this.rows(sql, name))[0] ?? [];
  }
}

function declineIfSpoken({ errors, informations }: Answer): void {
  const [error] = errors;
  if (error !== undefined) {
    const { number, severity, state, line, server, text } = error;
    const said = `Server message number=${number} severity=${severity} state=${state} line=${line} server=${server} text=${text}`;
    const otherwise = new CheckFailure(`CRITICAL - ${said.replaceAll("|", "!")}`, CRITICAL);
    throw new CheckDeclined("an error of the server", { otherwise });
  }
  if (informations.some(({ number }) => !USUAL.includes(number)))
    throw new CheckDeclined("a message of the server");
}

function requireSure(cell: Cell): string | number | null {
  if (typeof cell !== "object" || cell === null) return cell;
  throw new CheckDeclined(`a value of the type ${cell.unsure}`);
}

/** A value that must be there, where the plugin would go on with nothing. */
export function required(value: string | null | undefined): string {
  if (value === null || value === undefined) throw new CheckDeclined("a value that the server does not know");
  return value;
}

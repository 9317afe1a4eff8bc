import type { CommandRow } from "../../command.ts";
import { findManual } from "../manuals.ts";
import { renderCommandHelp, renderUsage } from "./help.ts";

/** What `--help` of a command shows. */
export function explain(row: CommandRow): string {
  return renderCommandHelp(findManual(row.name), row);
}

/** How a command is called, after what is wrong with a call. */
export function explainCall(row: CommandRow, problem: string | undefined): string {
  const text = `${renderUsage(findManual(row.name), row)}see: omd-worker ${row.name} --help\n`;
  return problem === undefined ? text : `${problem}\n${text}`;
}

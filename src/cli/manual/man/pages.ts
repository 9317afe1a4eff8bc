import type { CommandRow } from "../../command.ts";
import { TOOLS } from "../../tools/tool-commands.ts";
import { VERSION } from "../../version.ts";
import { WORKER_TABLE } from "../../worker-conf.ts";
import { findManual } from "../manuals.ts";
import { renderCommandPage } from "./command-page.ts";
import { renderConfPage } from "./conf-page.ts";
import type { Roff } from "./roff.ts";

interface ManPage {
  /** `omd-worker-check.1` */
  readonly file: string;
  readonly text: Roff;
}

/**
 * All man pages: of the program, of each command, and of worker.conf. Each has a name of ours, so that none
 * is in the way of a page of mod_gearman's; its first line names both.
 */
export function renderManPages(
  run: CommandRow,
  others: readonly CommandRow[],
  program: string,
): readonly ManPage[] {
  const page = (name: string, row: CommandRow, alsoCalled: string | undefined, commands = others) => ({
    file: `${name}.1`,
    text: renderCommandPage({
      name,
      row,
      commands,
      program: alsoCalled,
      manual: findManual(row.name),
      version: VERSION,
    }),
  });
  return [
    page("omd-worker", { ...run, help: "check worker for Naemon, Nagios and OMD with mod_gearman" }, program),
    ...others.map((row) => page(`omd-worker-${row.name}`, row, programOf(row), [])),
    { file: "omd-worker.conf.5", text: renderConfPage(WORKER_TABLE.groups, VERSION) },
  ];
}

function programOf(row: CommandRow): string | undefined {
  return TOOLS.find(({ command }) => command === row)?.program;
}

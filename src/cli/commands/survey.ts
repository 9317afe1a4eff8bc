import { writeFileSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { createLog } from "../../log.ts";
import { createConfiguredRouter } from "../../run/routing/router.ts";
import { SiteShelf } from "../../run/shelf.ts";
import { findAllowed } from "../../survey/allow/find-allowed.ts";
import { renderAllowance } from "../../survey/render/allowance.ts";
import { renderPage } from "../../survey/render/page.ts";
import { renderList, renderSurvey } from "../../survey/render/text.ts";
import { readSite } from "../../survey/site/read-site.ts";
import { summarise } from "../../survey/summary.ts";
import { activeChecks, surveySite } from "../../survey/survey.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { renderTable } from "../render-table.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

/** Exit codes: 0; 1 if the core's files cannot be used; 3 if the call or the options are wrong. */
export async function surveyCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const call = splitArguments(argv);
  if (call === undefined) return wrongCall();
  const config = load(call, io);
  if (typeof config === "number") return config;
  try {
    return await answer(config, call, io);
  } catch (cause) {
    reportConfigError(cause, io);
    return 1;
  }
}

interface Call {
  readonly prints: Prints;
  readonly page: string | undefined;
  readonly options: readonly string[];
  readonly files: readonly string[];
}

const PAGE = "--html=";
/** What is printed in place of the table, by its option. */
const PRINTS = { "--json": "json", "--list": "list", "--restrict-allow": "allow" } as const;
type Prints = "table" | (typeof PRINTS)[keyof typeof PRINTS];

function splitArguments(argv: readonly string[]): Call | undefined {
  const dashed = argv.filter((word) => word.startsWith("-"));
  const kinds = Object.entries(PRINTS).flatMap(([word, kind]) => (dashed.includes(word) ? [kind] : []));
  const options = dashed.filter((word) => !Object.hasOwn(PRINTS, word) && !word.startsWith(PAGE));
  const page = dashed.findLast((word) => word.startsWith(PAGE))?.slice(PAGE.length);
  if (kinds.length > 1 || page === "" || options.some((word) => !word.includes("="))) return undefined;
  const [prints = "table"] = kinds;
  return { prints, page, options, files: argv.filter((word) => !word.startsWith("-")) };
}

/** A number: the exit code, as the options are wrong. */
function load({ options }: Call, io: Io): Config | number {
  const isNamed = options.some((word) => /^-*native_checks=/i.test(word));
  try {
    return loadForCommand(isNamed ? options : [...options, "--native_checks=on"], io) ?? 3;
  } catch (cause) {
    reportConfigError(cause, io);
    return 3;
  }
}

async function answer(config: Config, { prints, page, files: named }: Call, io: Io): Promise<number> {
  const { site, files } = readSite(named, io.env["OMD_ROOT"]);
  const log = createLog({ debug: config.debug - 1, file: undefined, toStderr: true, format: "text" });
  await using shelf = new SiteShelf({ builtin: OWN_CHECKS, log });
  await shelf.open(config.pluginPath);
  if (prints === "allow") {
    const inputs = { site, checks: activeChecks(site), config, shelf, env: io.env };
    io.stdout(renderAllowance(await findAllowed(inputs)));
    return 0;
  }
  const router = createConfiguredRouter(config, shelf, io.env);
  const survey = await surveySite(site, { router, shelf });
  const summary = summarise(survey);
  if (page !== undefined) writePage(page, renderPage(summary, new Date().toISOString().slice(0, 10)));
  switch (prints) {
    case "json":
      io.stdout(`${JSON.stringify({ files, ...summary }, undefined, 2)}\n`);
      return 0;
    case "list":
      io.stdout(renderList(survey.checks));
      return 0;
    case "table":
      io.stdout(`read: ${files.join(", ")}\n${renderSurvey(summary, renderTable)}`);
      return 0;
  }
}

function writePage(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const hint = "choose a file in a folder where you may write";
    throw new ConfigError([{ ...error(`it cannot be written: ${systemReason(cause)}`, hint), file: path }]);
  }
}

import type { Check } from "../../../sdk/check.ts";
import { toByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { controlName } from "../../control/address.ts";
import { askWorker, ControlFailure } from "../../control/client.ts";
import { createIdentification, type Identify } from "../../run/routing/identity.ts";
import { findSwitch, readSwitches } from "../../run/routing/switches.ts";
import { SiteShelf } from "../../run/shelf.ts";
import type { WorkerStatus } from "../../worker/worker-status.ts";
import type { Io } from "../io.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { renderTable } from "../render-table.ts";
import { findPluginFile } from "../usual-plugin-folders.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

/** Prints the checks the worker knows itself, and those of the site. Undefined: the options ask for help. */
export async function listPlugins(options: readonly string[], io: Io): Promise<number | undefined> {
  try {
    const config = loadForCommand(options, io);
    if (config === undefined) return undefined;
    let isComplete = true;
    const tell = (line: unknown) => io.stderr(`${line}\n`);
    const refuse = (line: unknown) => {
      isComplete = false;
      tell(line);
    };
    const log = { info() {}, warn: tell, error: refuse };
    await using shelf = new SiteShelf({ builtin: OWN_CHECKS, log, onPrinted: tell });
    await shelf.open(config.pluginPath);
    const identify = createIdentification();
    const rows = shelf.checks.map((check) => [
      check.name,
      shelf.originOf(check) ?? "omd-worker",
      describeHere(check, { config, identify, io }),
      check.isExperimental ? `experimental: ${check.summary}` : check.summary,
    ]);
    io.stdout(renderTable(["check", "from", "here", "what it does"], rows));
    io.stdout(renderSetAside(await askSetAside(config)));
    return isComplete ? 0 : 1;
  } catch (error) {
    reportConfigError(error, io);
    return 3;
  }
}

/** The files that the running worker of this configuration has set aside, if one runs. */
async function askSetAside({ identifier }: Config): Promise<WorkerStatus["native"]["setAside"]> {
  try {
    const status = await askWorker({ name: controlName(identifier), command: "status" });
    return (status as WorkerStatus).native.setAside;
  } catch (error) {
    if (error instanceof ControlFailure) return [];
    throw error;
  }
}

function renderSetAside(files: WorkerStatus["native"]["setAside"]): string {
  if (files.length === 0) return "";
  const lines = files.map(({ path, why }) => `  ${path}: ${why}\n`);
  return `\nThe running worker has set aside until they change:\n${lines.join("")}`;
}

interface ListContext {
  readonly config: Config;
  readonly identify: Identify;
  readonly io: Io;
}

/**
 * Says whether a check answers for the plugin of its name in the usual folders of this machine, and if not,
 * why.
 */
function describeHere(check: Check, { config, identify, io }: ListContext): string {
  const whyOff = findSwitch(check, readSwitches(config, io.env));
  if (whyOff !== undefined) return `plugin: ${whyOff}`;
  const path = findPluginFile(check.name, io.env);
  const { kind, why } = identify(toByteString(path), check);
  if (kind === "foreign") return `plugin: ${why}, ${path}`;
  const whyNot = check.whyNotHere?.();
  if (whyNot !== undefined)
    return kind === "absent" ? `refuse: no plugin, and ${whyNot}` : `plugin: ${whyNot}`;
  if (kind === "absent") return "native: no such plugin found";
  return config.nativeChecks === "shadow" ? "plugin: native_checks is shadow" : "native";
}

import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import type { Check } from "../../sdk/check.ts";
import { toByteString } from "../byte-string.ts";
import type { Config } from "../config/config.ts";
import { createIdentification, type Identify } from "../run/routing/identity.ts";
import { findSwitch, readSwitches } from "../run/routing/switches.ts";
import { SiteShelf } from "../run/shelf.ts";
import type { Io } from "./io.ts";
import { loadOptions, reportConfigError } from "./load-options.ts";
import { newPlugin } from "./plugin/new.ts";
import { testPlugins } from "./plugin/test.ts";
import { pluginPath } from "./plugin-folders.ts";
import { renderTable } from "./table.ts";

const USAGE = `usage: omd-worker plugin list [OPTION=VALUE…]    the checks the worker knows itself
       omd-worker plugin new NAME [--dir FOLDER]  writes a check that works, and its test
       omd-worker plugin test FILE…               runs tests of checks
  Options are those of worker.conf, as --config=FILE or plugin_path=FOLDER.
`;

/** Exit codes: 0, 1 where something went wrong (a file was refused, a test failed), 3 where it was asked wrongly. */
export async function pluginCommand(argv: readonly string[], io: Io): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case "list":
      return list(rest, io);
    case "new":
      return (await newPlugin(rest, io)) ?? usage(io);
    case "test":
      return rest.length > 0 ? testPlugins(rest, io) : usage(io);
    default:
      return usage(io);
  }
}

function usage(io: Io): number {
  io.stderr(USAGE);
  return 3;
}

async function list(options: readonly string[], io: Io): Promise<number> {
  try {
    const config = loadOptions(options, io);
    if (config === undefined) return usage(io);
    let isComplete = true;
    const tell = (line: unknown) => io.stderr(`${line}\n`);
    const refuse = (line: unknown) => {
      isComplete = false;
      tell(line);
    };
    const log = { info() {}, warn: tell, error: refuse };
    using shelf = new SiteShelf({ builtin: BUILTIN_CHECKS, log });
    await shelf.open(config.pluginPath);
    const identify = createIdentification();
    const rows = shelf.checks.map((check) => [
      check.name,
      shelf.originOf(check) ?? "omd-worker",
      describeHere(check, { config, identify, io }),
      check.summary,
    ]);
    io.stdout(renderTable(["check", "from", "here", "what it does"], rows));
    return isComplete ? 0 : 1;
  } catch (error) {
    reportConfigError(error, io);
    return 3;
  }
}

interface Here {
  readonly config: Config;
  readonly identify: Identify;
  readonly io: Io;
}

/** Whether a check answers for the plugin of its name where plugins are on this machine, and why not. */
function describeHere(check: Check, { config, identify, io }: Here): string {
  const whyOff = findSwitch(check, readSwitches(config, io.env));
  if (whyOff !== undefined) return `plugin: ${whyOff}`;
  const path = pluginPath(check.name, io.env);
  const { kind, why } = identify(toByteString(path), check);
  if (kind === "absent") return "native: no such plugin found";
  if (kind === "foreign") return `plugin: ${why}, ${path}`;
  return config.nativeChecks === "shadow" ? "plugin: native_checks is shadow" : "native";
}

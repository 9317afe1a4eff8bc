import { type CommandResult, unknownWord, usage } from "../command.ts";
import type { Io } from "../io.ts";
import { newPlugin } from "../plugin/new.ts";
import { testPlugins } from "../plugin/test.ts";

const USAGE = `usage: omd-worker plugin list [OPTION=VALUE…]    the checks the worker knows itself
       omd-worker plugin new NAME [--dir FOLDER]  writes a check that works, and its test
       omd-worker plugin test FILE…               runs tests of checks
       omd-worker check [OPTION…] -- NAME WORD…   runs a check once as the worker would, and shows what it would send
  Options are those of worker.conf, as --config=FILE or plugin_path=FOLDER.
`;

/**
 * Exit codes: 0, 1 if something went wrong (a file was refused, a test failed), 3 if the options are wrong.
 */
export async function pluginCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...rest] = argv;
  switch (command) {
    case "list": {
      const { listPlugins } = await import("../plugin/list.ts");
      return (await listPlugins(rest, io)) ?? usage(USAGE);
    }
    case "new":
      return (await newPlugin(rest, io)) ?? usage(USAGE);
    case "test":
      return rest.length > 0 ? testPlugins(rest, io) : usage(USAGE);
    default:
      return unknownWord(command, ["list", "new", "test"], USAGE);
  }
}

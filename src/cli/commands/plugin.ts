import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { newPlugin } from "../plugin/new.ts";
import { testPlugins } from "../plugin/test.ts";

/**
 * Exit codes: 0, 1 if something went wrong (a file was refused, a test failed), 3 if the options are wrong.
 */
export async function pluginCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...rest] = argv;
  switch (command) {
    case "list": {
      const { listPlugins } = await import("../plugin/list.ts");
      return (await listPlugins(rest, io)) ?? wrongCall();
    }
    case "new":
      return (await newPlugin(rest, io)) ?? wrongCall();
    case "test":
      return rest.length > 0 ? testPlugins(rest, io) : wrongCall();
    default:
      return unknownWord(command, ["list", "new", "test"]);
  }
}

import { controlName, findControlNames } from "../../control/address.ts";
import { askWorker as askByName, ControlFailure, type ControlQuestion } from "../../control/client.ts";
import type { Io } from "../io.ts";
import { loadForCommand } from "../worker-conf.ts";

/**
 * The control name of the worker that is meant: of these options of worker.conf if there are any, else the
 * one of this host's name, else the only one that listens. Undefined: the options ask for help. Throws a
 * ConfigError.
 */
export function findWorker(options: readonly string[], io: Io): string | undefined {
  const config = loadForCommand(options, io);
  if (config === undefined) return undefined;
  const own = controlName(config.identifier);
  if (options.length > 0) return own;
  const names = findControlNames();
  const [only] = names;
  return only !== undefined && names.length === 1 ? only : own;
}

/** Asks, and says which workers there are if this one is not. */
export async function askWorker(question: ControlQuestion): Promise<unknown> {
  try {
    return await askByName(question);
  } catch (error) {
    if (!(error instanceof ControlFailure) || !error.isAbsent) throw error;
    const others = findControlNames();
    const hint =
      others.length === 0
        ? "none runs here, or control_socket is off"
        : `these do: ${others.join(", ")}; name one with --identifier=NAME, or its --config=FILE`;
    throw new ControlFailure(`${error.message} (${hint})`);
  }
}

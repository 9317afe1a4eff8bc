import type { Assignment } from "../executor/command.ts";
import type { Confinement } from "../executor/confinement/confinement.ts";
import type { Executor } from "../executor/executor.ts";
import { crashed, type Outcome } from "../outcome/outcome.ts";
import type { NativeRoute, Route } from "./routing/route.ts";

/** How a command is executed, whatever its route. */
export interface ExecutionOptions {
  readonly env: readonly Assignment[];
  /** In seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Undefined: it runs as the worker does. */
  readonly confinement?: Confinement | undefined;
}

/** Lets the executor follow a route that no native check answers. */
export function execute(
  route: Exclude<Route, NativeRoute>,
  { env, timeout, signal, confinement }: ExecutionOptions,
  executor: Pick<Executor, "run">,
): Promise<Outcome> | Outcome {
  const confined = confinement && { confinement };
  switch (route.via) {
    case "warm":
      // The router gives no such route where commands are confined.
      return confinement === undefined
        ? executor.run({ ...route, env }, timeout, signal)
        : crashed("a warm interpreter cannot be confined");
    case "plugin": {
      const all = env.length === 0 ? route.env : [...env, ...route.env];
      return executor.run({ via: "plugin", argv: route.argv, env: all, ...confined }, timeout, signal);
    }
    case "shell":
      return executor.run(
        { via: "shell", commandLine: route.commandLine, env, ...confined },
        timeout,
        signal,
      );
    case "refuse":
      return { kind: "refused", refusal: route.refusal };
  }
}

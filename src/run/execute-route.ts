import type { Assignment } from "../executor/command.ts";
import type { Executor } from "../executor/executor.ts";
import type { Outcome } from "../outcome/outcome.ts";
import type { NativeRoute, Route } from "./routing/route.ts";

interface ExecutionInputs {
  readonly env: readonly Assignment[];
  /** In seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Hands a route over to the executor. What is refused is an outcome at once. */
export function execute(
  route: Exclude<Route, NativeRoute>,
  { env, timeout, signal }: ExecutionInputs,
  executor: Pick<Executor, "run">,
): Promise<Outcome> | Outcome {
  switch (route.via) {
    case "warm":
      return executor.run({ ...route, env }, timeout, signal);
    case "plugin":
      return executor.run(
        { via: "plugin", argv: route.argv, env: env.length === 0 ? route.env : [...env, ...route.env] },
        timeout,
        signal,
      );
    case "shell":
      return executor.run({ via: "shell", commandLine: route.commandLine, env }, timeout, signal);
    case "refuse":
      return { kind: "refused", refusal: route.refusal };
  }
}

import type { CheckContext, CheckOutput } from "../../sdk/check.ts";
import { defineCheck } from "../../sdk/index.ts";
import type { NativeRoute, Route } from "../../src/run/routing/route.ts";

/** A route to a check `check_x` with this function `run`. `nested` is the route of its command. */
export function nativeRoute(
  run: (context: CheckContext) => CheckOutput | Promise<CheckOutput>,
  nested: Route | undefined = undefined,
): NativeRoute {
  const check = defineCheck({
    name: "check_x",
    summary: "",
    replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
    read: () => ({}),
    run: (_, context) => run(context),
  });
  const understood = check.understand([]);
  if (understood === undefined) throw new Error("not understood");
  const argv = ["/p/check_x"];
  const fallback = { via: "plugin", why: "", argv, env: [] } as const;
  return {
    via: "native",
    why: "",
    check,
    name: "check_x",
    argv,
    keepsState: false,
    run: understood.run,
    nested,
    fallback,
  };
}

/** A route that no thread of a site's checks has to be asked about. */
export function knownAtOnce(route: Route | Promise<Route>): Route {
  if (!("via" in route)) throw new Error("a check in a thread is asked");
  return route;
}

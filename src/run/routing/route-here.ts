import type { Route } from "./route.ts";

/** A check that cannot answer on this machine leaves the answer to the plugin. */
export function routeHere(route: Route): Route {
  const why = route.via === "native" ? route.check.whyNotHere?.() : undefined;
  if (route.via !== "native" || why === undefined) return route;
  if (!route.hasNoPlugin) return { ...route.fallback, why };
  const [path] = route.fallback.argv;
  return { via: "refuse", why, refusal: { rule: "no-plugin", check: route.check.name, declined: why, path } };
}

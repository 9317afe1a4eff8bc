import type { UnderstoodCommand } from "../../../sdk/check.ts";
import type { ByteString } from "../../byte-string.ts";
import type { NativeRoute, PluginRoute, References, RefusedRoute, Route } from "../routing/route.ts";
import { isRemote, understandOnce } from "../site/threads/remote-check.ts";
import { fillIn } from "./reference.ts";
import { isPlain } from "./second-reader.ts";
import type { ReadSecretFile } from "./secret-files.ts";
import { fillShellLine } from "./shell-line.ts";

/** What came of a route with references. */
export type Followed =
  /** `secrets` are in the words of the route now. */
  | { readonly kind: "filled"; readonly route: Route; readonly secrets: readonly ByteString[] }
  | { readonly kind: "short"; readonly lack: string };

type Secrets = ReadonlyMap<string, ByteString>;

/**
 * Reads the secrets and puts them into the words of the route. What is made of them is kept nowhere. A route
 * that is refused says which secret is missing.
 */
export async function followReferences(
  route: Route,
  { names, secondReader }: References,
  read: ReadSecretFile,
): Promise<Followed> {
  const secrets = new Map<string, ByteString>();
  for (const name of names) {
    const found = read(name);
    if (found.kind === "short") return found;
    if (found.kind === "missing") return refused(name, found.why);
    if (secondReader !== undefined && !isPlain(found.secret)) return refused(name, readTwice(secondReader));
    secrets.set(name, found.secret);
  }
  return { kind: "filled", route: await fillRoute(route, secrets), secrets: [...secrets.values()] };
}

function readTwice(program: string): string {
  return `${program} reads its words a second time, so the secret may have letters, digits and _/.,:@%+=- only`;
}

function refused(name: string, why: string): Followed {
  return { kind: "filled", route: refusedRoute(name, why), secrets: [] };
}

function refusedRoute(name: string, why: string): RefusedRoute {
  return { via: "refuse", why: "a secret cannot be put in", refusal: { rule: "no-secret", name, why } };
}

async function fillRoute(route: Route, secrets: Secrets): Promise<Route> {
  const fill = (word: ByteString) => fillIn(word, secrets);
  switch (route.via) {
    case "native":
      return await fillNative(route, secrets);
    case "warm":
      return { ...route, argv: route.argv.map(fill) };
    case "plugin": {
      const { shadow, ...plugin } = fillPlugin(route, secrets);
      const native = shadow && (await fillNative(shadow, secrets));
      return native?.via === "native" ? { ...plugin, shadow: native } : plugin;
    }
    case "shell": {
      const filled = fillShellLine(route.commandLine, secrets);
      if (filled.kind === "odd") return refusedRoute(filled.name, filled.why);
      return { ...route, commandLine: filled.line };
    }
    case "refuse":
      return route;
  }
}

function fillPlugin(route: PluginRoute, secrets: Secrets): PluginRoute {
  const fill = (word: ByteString) => fillIn(word, secrets);
  const env = route.env.map(([name, value]) => [name, fill(value)] as const);
  return { ...route, argv: route.argv.map(fill), env };
}

/** The check reads its words anew. If it does not understand them with the secrets, the plugin answers. */
async function fillNative(route: NativeRoute, secrets: Secrets): Promise<Route> {
  const argv = route.argv.map((word) => fillIn(word, secrets));
  const fallback = fillPlugin(route.fallback, secrets);
  const words = route.argv.slice(1);
  const understood = await understand(route, argv.slice(1), words);
  if (understood === undefined) {
    const why = "the native check does not understand every word";
    if (!route.hasNoPlugin) return { ...fallback, why };
    return { via: "refuse", why, refusal: { rule: "not-understood", check: route.name } };
  }
  const { run, target, keepsState = false } = understood;
  const nested = route.nested && (await fillRoute(route.nested, secrets));
  return { ...route, argv, words, fallback, run, target, keepsState, nested };
}

async function understand(
  { check }: NativeRoute,
  argv: readonly ByteString[],
  words: readonly ByteString[],
): Promise<UnderstoodCommand | undefined> {
  try {
    return isRemote(check) ? await understandOnce(check, argv, words) : check.understand(argv);
  } catch {
    return undefined;
  }
}

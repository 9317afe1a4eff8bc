import type { Config } from "../config/config.ts";
import { createWarmPlugins } from "../executor/interpreters/warm-plugin.ts";
import { createIdentification } from "./identity.ts";
import { nativeChecks } from "./native-checks.ts";
import { createRestriction } from "./restrict.ts";
import { createRouter, type Router } from "./router.ts";
import type { Shelf } from "./shelf.ts";

/** Which way command lines go, as the operator set it. */
export function createConfiguredRouter(
  config: Config,
  shelf: Shelf,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Router {
  return createRouter({
    shelf,
    identify: createIdentification(),
    nativeChecks: nativeChecks(config, env),
    restriction: createRestriction(config),
    findWarmPlugin: createWarmPlugins({
      perl: perlMode(config),
      python: config.warmPython,
      include: config.warmInclude,
      except: config.warmExcept,
      path: env["PATH"] ?? "",
    }),
  });
}

function perlMode({ enableEmbeddedPerl, useEmbeddedPerlImplicitly }: Config) {
  if (!enableEmbeddedPerl) return "off";
  return useEmbeddedPerlImplicitly ? "implicitly" : "marked";
}

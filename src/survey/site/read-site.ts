import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { readObjectsCache } from "./objects-cache.ts";
import { readMainConfig, readResources } from "./settings-files.ts";
import { createSite, type Site } from "./site.ts";
import { findSiteFiles, USUAL_CACHES } from "./usual-files.ts";

/** A site, and the files that were read of it. */
export interface ReadSite {
  readonly site: Site;
  readonly files: readonly string[];
}

type Kind = "objects" | "resources" | "main";

interface FileOfCore {
  readonly path: string;
  readonly kind: Kind;
  readonly text: ByteString;
}

/**
 * Reads the core's files: objects.cache, and resource.cfg and naemon.cfg where they are named, beside it or
 * where OMD has them. A folder is the root of a site. Without paths it is the site of OMD_ROOT, or the core
 * of this machine. Throws a ConfigError that says which file is missing or wrong.
 */
export function readSite(paths: readonly string[], root: string | undefined): ReadSite {
  const given = (paths.length > 0 ? paths : usualPaths(root)).flatMap(expandFolder).map(readOf);
  const objects = given.filter(({ kind }) => kind === "objects");
  const [cache, second] = objects;
  if (cache === undefined) throw problem(paths[0], "no objects.cache is among the files", NAME_CACHE);
  if (second !== undefined)
    throw problem(second.path, `a second objects.cache, after ${cache.path}`, "survey one site at a time");
  const beside = findSiteFiles(cache.path);
  const main = pick(given, "main") ?? readFirst(beside.main, "main");
  const config = readMainConfig(main?.text ?? "");
  const named = config.get("resource_file");
  const resources =
    pick(given, "resources") ??
    readFirst([...(named === undefined ? [] : [named]), ...beside.resources], "resources");
  const site = createSite({
    objects: readObjectsCache(cache.text, cache.path),
    users: readResources(resources?.text ?? ""),
    main: config,
  });
  checkSite(site, cache.path, resources);
  return { site, files: [cache, resources, main].flatMap((file) => file?.path ?? []) };
}

const NAME_CACHE =
  "name the core's objects.cache, as in omd-worker survey /omd/sites/SITE/var/naemon/objects.cache";

function checkSite({ hosts, commands }: Site, cache: string, resources: FileOfCore | undefined): void {
  if (hosts.size === 0) throw problem(cache, "no host is in it", NAME_CACHE);
  if (resources !== undefined) return;
  const isUsed = [...commands.values()].some((line) => /\$USER[0-9]+\$/.test(line));
  if (!isUsed) return;
  throw problem(
    cache,
    "its commands have $USERn$, and no resource.cfg was found",
    "name the core's resource.cfg, too",
  );
}

function usualPaths(root: string | undefined): readonly string[] {
  if (root !== undefined) return [root];
  const found = USUAL_CACHES.find((path) => kindOfPath(path) === "file");
  if (found !== undefined) return [found];
  throw problem(undefined, "no objects.cache is in the usual places of this machine", NAME_CACHE);
}

/** A folder is the root of an OMD site. */
function expandFolder(path: string): readonly string[] {
  if (kindOfPath(path) !== "folder") return [path];
  const caches = ["naemon", "nagios", "icinga"].map((core) => join(path, "var", core, "objects.cache"));
  const found = caches.find((each) => kindOfPath(each) === "file");
  if (found === undefined)
    throw problem(path, "it is a folder, and no site with an objects.cache", NAME_CACHE);
  return [found];
}

function kindOfPath(path: string): "file" | "folder" | "absent" {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return "absent";
  }
}

function readOf(path: string): FileOfCore {
  const text = readText(path);
  const kind = kindOf(text);
  if (kind !== undefined) return { path, kind, text };
  throw problem(path, "it is no objects.cache, resource.cfg or naemon.cfg", NAME_CACHE);
}

function readText(path: string): ByteString {
  try {
    return readFileSync(path, "latin1");
  } catch (cause) {
    throw problem(path, `it cannot be read: ${systemReason(cause)}`, "run it as the site's user");
  }
}

function kindOf(text: ByteString): Kind | undefined {
  if (text.includes("\0")) return undefined;
  if (/^\s*define\s+\w+\s*\{/m.test(text)) return "objects";
  if (/^\s*\$USER[0-9]+\$\s*=/m.test(text)) return "resources";
  return /^\s*(?:cfg_(?:dir|file)|object_cache_file|resource_file|broker_module)\s*=/m.test(text)
    ? "main"
    : undefined;
}

function pick(files: readonly FileOfCore[], kind: Kind): FileOfCore | undefined {
  return files.findLast((file) => file.kind === kind);
}

/** The first of these files that exists. One that exists and cannot be read is an error. */
function readFirst(paths: readonly string[], kind: Kind): FileOfCore | undefined {
  const path = paths.find((each) => kindOfPath(each) === "file");
  return path === undefined ? undefined : { path, kind, text: readText(path) };
}

function problem(file: string | undefined, message: string, hint: string): ConfigError {
  return new ConfigError([{ ...error(message, hint), ...(file !== undefined && { file }) }]);
}

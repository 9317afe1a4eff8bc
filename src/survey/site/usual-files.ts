import { dirname, join } from "node:path";

/** Where distributions and sources put the cache. */
export const USUAL_CACHES: readonly string[] = [
  "/var/cache/naemon/objects.cache",
  "/var/lib/nagios4/objects.cache",
  "/var/cache/nagios4/objects.cache",
  "/var/cache/nagios3/objects.cache",
  "/var/spool/nagios/objects.cache",
  "/var/nagios/objects.cache",
  "/usr/local/nagios/var/objects.cache",
  "/var/cache/icinga/objects.cache",
];

export interface SiteFiles {
  readonly main: readonly string[];
  readonly resources: readonly string[];
}

/** Where the other files of the core may be that has written this cache, the likely ones first. */
export function findSiteFiles(cache: string): SiteFiles {
  const beside = dirname(cache);
  const [, root, core] = /^(.*)\/var\/(naemon|nagios|icinga)\/objects\.cache$/.exec(cache) ?? [];
  const folders = root === undefined || core === undefined ? [] : [join(root, "etc", core)];
  const mains = root === undefined || core === undefined ? [] : [join(root, "tmp", core, `${core}.cfg`)];
  const all = [...folders, beside, ...etcOf(cache)];
  return {
    main: [...mains, ...all.flatMap((folder) => [join(folder, "naemon.cfg"), join(folder, "nagios.cfg")])],
    resources: all.map((folder) => join(folder, "resource.cfg")),
  };
}

function etcOf(cache: string): readonly string[] {
  if (cache.startsWith("/usr/local/nagios/")) return ["/usr/local/nagios/etc"];
  const core = /^\/var\/(?:cache|lib|spool)?\/?(naemon|nagios[34]?|icinga)\//.exec(cache)?.[1];
  return core === undefined ? [] : [`/etc/${core}`, `/etc/${core}/private`];
}

import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import type { Origins } from "../config/load.ts";
import { type Finding, fine, warn } from "./finding.ts";

/** Something that holds a secret, and who tells where it is. */
interface SecretPlace {
  readonly option: string;
  readonly paths: (config: Config) => readonly (string | undefined)[];
}

/**
 * Every file whose content is a secret, or a way in. Those of TLS are refused by the start if others may
 * read them; that others may put another file in their place is said here only.
 */
const PLACES: readonly SecretPlace[] = [
  { option: "keyfile", paths: ({ encryption, keyfile }) => [encryption ? keyfile : undefined] },
  {
    option: "accepted_keyfile",
    paths: ({ encryption, acceptedKeyfile }) => (encryption ? acceptedKeyfile : []),
  },
  {
    option: "server_keyfile",
    paths: ({ encryption, serverKeyfile }) => (encryption ? serverKeyfile.map(({ path }) => path) : []),
  },
  {
    option: "dupserver_keyfile",
    paths: ({ encryption, dupserverKeyfile }) => [encryption ? dupserverKeyfile : undefined],
  },
  { option: "tls_key", paths: ({ tlsKey }) => [tlsKey?.path] },
  { option: "secret_dir", paths: ({ secretDir }) => (secretDir === undefined ? [] : filesIn(secretDir)) },
  {
    option: "result_spool",
    paths: ({ resultSpool }) => (resultSpool === undefined ? [] : filesIn(resultSpool)),
  },
];

/** Options whose value is a secret. The file that they are written in holds it, too. */
const WRITTEN = ["key", "accepted_key", "server_key", "dupserver_key", "status_page_auth"];

const OTHERS = 0o007;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
const MOST_NAMED = 3;

/** A key that every user may read makes each of them a core. */
export function examineSecretFiles(config: Config, origins: Origins): readonly Finding[] {
  const places = [
    ...PLACES.map(({ option, paths }) => ({ option, paths: paths(config) })),
    ...WRITTEN.map((option) => ({ option, paths: (origins.get(option) ?? []).map(({ file }) => file) })),
  ];
  const named = places.flatMap(({ option, paths }) => {
    // `command line` and the name of a variable are no paths.
    const known = [...new Set(paths)].flatMap((path) => (path?.includes("/") ? [path] : []));
    return known.length === 0 ? [] : [{ option, paths: known }];
  });
  if (named.length === 0) return [];
  const findings = named.flatMap(({ option, paths }) => examine(option, paths));
  const options = named.map(({ option }) => option).join(", ");
  return findings.length > 0
    ? findings
    : [fine("key", `files with secrets (${options}) are closed to other users`)];
}

function examine(option: string, paths: readonly string[]): readonly Finding[] {
  const open = paths.filter((path) => (modeOf(path) & OTHERS) !== 0 && isReachable(path));
  const loose = [...new Set(paths.map((path) => dirname(path)))].filter((folder) => {
    const mode = modeOf(folder);
    return (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
  });
  return [
    ...(open.length === 0
      ? []
      : [
          warn(
            "key",
            `every user of this machine may read or write the ${option} ${list(open)}`,
            "chmod o= on it, and make it the group's of the worker's user",
          ),
        ]),
    ...(loose.length === 0
      ? []
      : [
          warn(
            "key",
            `every user of this machine may put other files in place of the ${option}, in ${list(loose)}`,
            "chmod o-w on the folder",
          ),
        ]),
  ];
}

function list(paths: readonly string[]): string {
  const more = paths.length - MOST_NAMED;
  return `${paths.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Others reach a file only if they may search its folder. */
function isReachable(path: string): boolean {
  return (modeOf(dirname(path)) & 0o001) !== 0;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => join(folder, name));
  } catch {
    return []; // that it cannot be read was reported when the configuration was read
  }
}

/** What cannot be looked at was reported when the configuration was read. */
function modeOf(path: string): number {
  try {
    return statSync(path).mode;
  } catch {
    return 0;
  }
}

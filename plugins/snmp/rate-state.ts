import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CheckFailure } from "../../sdk/index.ts";
import { atof, atoi, strtoul } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** What `--rate` keeps from its last run. */
export interface RateState {
  /** Seconds since 1970. */
  readonly time: number;
  /** The numbers of all objects, in order. */
  readonly values: readonly number[];
}

/**
 * The directory of the plugin's state files. Undefined where the plugin would use a default, which differs
 * from build to build. An empty variable counts as not set.
 */
export function findStateDirectory(environment: NodeJS.ProcessEnv): string | undefined {
  return environment["MP_STATE_PATH"] || environment["NAGIOS_PLUGIN_STATE_DIRECTORY"] || undefined;
}

/** The plugin's path is part of the name. The check does not know the path, so this is Debian's. */
const PLUGIN = "/usr/lib/nagios/plugins/check_snmp";

/** Each command line has a file of its own. The file is named after the hash of the joined words. */
export function nameStateFile(directory: string, words: readonly string[]): string {
  const name = createHash("sha1")
    .update(Buffer.from([PLUGIN, ...words].join(""), "latin1"))
    .digest("hex");
  return `${directory}/${process.geteuid?.() ?? 0}/check_snmp/${name}`;
}

const FORMAT_VERSION = 1;
const DATA_VERSION = 1;
/** The plugin reads lines in parts of this size. */
const MAX_LINE = 1023;

/**
 * Undefined where there is no state, or a state the plugin ignores: of another version, or from the future.
 */
export async function readRateState(path: string, now: number): Promise<RateState | undefined> {
  const text = await readState(path).catch(() => undefined);
  const lines = text?.split("\n").filter((line) => !line.startsWith("#")) ?? [];
  const [format = "", version = "", time = "", data] = lines;
  if (atoi(format) !== FORMAT_VERSION || atoi(version) !== DATA_VERSION || !data) return undefined;
  const seconds = Number(strtoul(time).value);
  return seconds > now ? undefined : { time: seconds, values: data.slice(0, MAX_LINE).split(":").map(atof) };
}

/**
 * MP_STATE_PATH may be a folder of all users. A link in the place of the file is not followed, and a named
 * pipe is not waited for.
 */
async function readState(path: string): Promise<string | undefined> {
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  return (await file.stat()).isFile() ? file.readFile("latin1") : undefined;
}

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o640;

/** Writes a temporary file and renames it, so that no reader finds half of a file. */
export async function writeRateState(path: string, { time, values }: RateState): Promise<void> {
  await makeDirectories(dirname(path));
  const temporary = `${path}.${randomBytes(3).toString("hex")}`;
  const data = values.map((value) => sprintf("%.0f", value)).join(":");
  const text = `# NP State file\n${FORMAT_VERSION}\n${DATA_VERSION}\n${time}\n${data}\n`;
  try {
    await using file = await open(temporary, "wx", FILE_MODE);
    await file.chmod(FILE_MODE);
    await file.writeFile(text, "latin1");
  } catch {
    throw new CheckFailure("Cannot create temporary filename");
  }
  try {
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true });
    throw new CheckFailure("Cannot rename state temp file");
  }
}

async function makeDirectories(directory: string): Promise<void> {
  if (await exists(directory)) return;
  await makeDirectories(dirname(directory));
  await mkdir(directory, { mode: DIRECTORY_MODE }).catch(async () => {
    if (!(await exists(directory))) throw new CheckFailure(`Cannot create directory: ${directory}`);
  });
}

function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

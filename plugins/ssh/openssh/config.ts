import { dirname, join } from "node:path";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { Files, KnownFile, Stamp } from "./files.ts";
import { KEYWORDS } from "./keywords.ts";
import { matchesAny, matchesPattern } from "./pattern.ts";

/** One line of ssh_config, or of `-o`. */
export interface Setting {
  /** In lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
}

/** Keyword → its words. A list has the words of all its lines, any other keyword those of its first line. */
export type Settings = ReadonlyMap<string, readonly string[]>;

export interface ConfigSources {
  /** The settings of the command line. They come before those of any file. */
  readonly given: readonly Setting[];
  /** The file of `-F`, which is read instead of the usual files. */
  readonly file: string | undefined;
  /** The host on the command line. */
  readonly host: string;
  readonly home: string;
}

export interface ReadConfig {
  readonly settings: Settings;
  /** Every file and directory the settings depend on, and the state it was in. */
  readonly stamps: ReadonlyMap<string, Stamp>;
}

const SYSTEM_FOLDER = "/etc/ssh";
const MAX_DEPTH = 16;

/** What ssh_config says for a host. Throws a CheckDeclined where a line is not understood. */
export function readConfig(sources: ConfigSources, files: Files): ReadConfig {
  const reader = new ConfigReader(sources, files);
  for (const setting of sources.given) reader.take(setting);
  if (sources.file === undefined) {
    reader.readFile(join(sources.home, ".ssh/config"), join(sources.home, ".ssh"));
    reader.readFile(join(SYSTEM_FOLDER, "ssh_config"), SYSTEM_FOLDER);
  } else if (sources.file !== "none") {
    const isThere = sources.file.startsWith("/") && files.read(sources.file) !== undefined;
    if (!isThere) throw new CheckDeclined("there is no such ssh_config");
    reader.readFile(sources.file, join(sources.home, ".ssh"));
  }
  return reader.finish();
}

/**
 * Reads `HostName=a.example`, `SendEnv LANG LC_*`, `IdentityFile "~/my key"`. Undefined for a line that is
 * not understood.
 */
export function readSetting(line: string): Setting | undefined {
  const [begin = "", keyword = ""] = /^[ \t]*([A-Za-z0-9]+)(?:[ \t]*=[ \t]*|[ \t]+)/.exec(line) ?? [];
  const words = keyword === "" ? undefined : readWords(line.slice(begin.length));
  return words === undefined || words.length === 0 ? undefined : { keyword: keyword.toLowerCase(), words };
}

/** A `#` ends the line. Undefined for quotes inside a word and for backslashes, which are left to ssh. */
function readWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const [word, quoted] of text.matchAll(/"([^"]*)"(?=[ \t\r\f]|$)|[^ \t\r\f]+/g)) {
    if (quoted === undefined && word.startsWith("#")) break;
    if (quoted === undefined ? /["'\\]/.test(word) : /[\\]/.test(quoted)) return undefined;
    words.push(quoted ?? word);
  }
  return words;
}

/** Whether this process does the same as ssh for this setting. */
export function isUnderstood({ keyword, words }: Setting): boolean {
  return Object.hasOwn(KEYWORDS, keyword) && KEYWORDS[keyword]?.values.test(words.join(" ")) === true;
}

class ConfigReader {
  readonly #sources: ConfigSources;
  readonly #files: Files;
  readonly #settings = new Map<string, readonly string[]>();
  readonly #stamps = new Map<string, Stamp>();
  /** The settings below `Match final`, which count after all others. */
  readonly #final: { readonly settings: readonly Setting[]; readonly folder: string }[] = [];

  constructor(sources: ConfigSources, files: Files) {
    this.#sources = sources;
    this.#files = files;
  }

  finish(): ReadConfig {
    if (this.#final.length > 0) this.#readFinal();
    return { settings: this.#settings, stamps: this.#stamps };
  }

  take(setting: Setting): void {
    const { words } = setting;
    const keyword = KEYWORDS[setting.keyword]?.sameAs ?? setting.keyword;
    const known = this.#settings.get(keyword);
    if (known !== undefined && !KEYWORDS[keyword]?.isList) return;
    if (!isUnderstood(setting))
      throw new CheckDeclined(`ssh_config: ${keyword} with this value is left to ssh`);
    this.#settings.set(keyword, [...(known ?? []), ...words]);
  }

  readFile(path: string, folder: string, depth = 0): void {
    if (depth > MAX_DEPTH) throw new CheckDeclined("ssh_config: too many levels of Include");
    let applies: boolean | "finally" = true;
    let last: Setting[] = [];
    for (const setting of this.#readSettings(path, folder)) {
      if (setting.keyword === "host") applies = matchesAny(this.#sources.host, setting.words);
      else if (setting.keyword === "match") {
        applies = readMatch(setting.words);
        last = [];
        if (applies === "finally") this.#final.push({ settings: last, folder });
      } else if (applies === "finally") last.push(setting);
      else this.#takeFrom(setting, { applies, folder, depth });
    }
  }

  /** The settings of a file. There are none where the file does not exist. */
  #readSettings(path: string, folder: string): readonly Setting[] {
    this.#stamps.set(path, this.#files.stamp(path));
    const file = this.#files.read(path);
    if (file === undefined) return [];
    const isUsers = this.#sources.file === undefined && folder !== SYSTEM_FOLDER;
    if (isUsers) checkOwner(file);
    return file.text.split("\n").flatMap((line) => {
      if (/^[ \t\r\f]*(?:#|$)/.test(line)) return [];
      const setting = readSetting(line);
      if (setting === undefined) throw new CheckDeclined("ssh_config: a line is not understood");
      return [setting];
    });
  }

  #takeFrom(
    setting: Setting,
    { applies, folder, depth }: { applies: boolean; folder: string; depth: number },
  ): void {
    if (setting.keyword !== "include") {
      if (applies) this.take(setting);
      else if (!Object.hasOwn(KEYWORDS, setting.keyword) && !HARMLESS_ELSEWHERE.has(setting.keyword)) {
        throw new CheckDeclined(`ssh_config: the keyword ${setting.keyword} is not known`);
      }
      return;
    }
    if (!applies) return;
    for (const path of setting.words.flatMap((word) => this.#findIncluded(word, folder))) {
      this.readFile(path, folder, depth + 1);
    }
  }

  #findIncluded(word: string, folder: string): readonly string[] {
    const path = word.startsWith("~/")
      ? join(this.#sources.home, word.slice(2))
      : join(word.startsWith("/") ? "" : folder, word);
    const parent = dirname(path);
    if (/[~$%[\]{}]/.test(path) || /[*?]/.test(parent))
      throw new CheckDeclined("ssh_config: Include of such a path");
    if (!/[*?]/.test(path)) return [path];
    this.#stamps.set(parent, this.#files.stamp(parent));
    const pattern = path.slice(parent.length + (parent.endsWith("/") ? 0 : 1));
    const names = this.#files
      .list(parent)
      .filter((name) => !name.startsWith(".") && matchesPattern(name, pattern));
    return names.map((name) => join(parent, name));
  }

  /**
   * ssh reads all files once more, with the name it has found. That changes something only if the name is
   * another one.
   */
  #readFinal(): void {
    const { host } = this.#sources;
    const name = this.#settings.get("hostname")?.[0];
    if ((name ?? host) !== host) throw new CheckDeclined("ssh_config: Match final for another HostName");
    for (const { settings, folder } of this.#final) {
      for (const setting of settings) this.#takeFrom(setting, { applies: true, folder, depth: 1 });
    }
    const isLate = this.#settings.get("hostname")?.[0] !== name;
    if (isLate) throw new CheckDeclined("ssh_config: HostName after Match final");
  }
}

/** ssh refuses to read its user's file if others may write to it. */
function checkOwner({ uid, mode }: KnownFile): void {
  const isSafe = (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0;
  if (!isSafe) throw new CheckDeclined("others may change the ssh_config");
}

/**
 * Keywords of ssh that may stand in a section for other hosts, though this process does not understand them.
 */
const HARMLESS_ELSEWHERE: ReadonlySet<string> = new Set([
  "bindaddress",
  "bindinterface",
  "certificatefile",
  "dynamicforward",
  "forwardx11timeout",
  "hostbasedacceptedalgorithms",
  "kbdinteractivedevices",
  "localcommand",
  "localforward",
  "pkcs11provider",
  "remotecommand",
  "remoteforward",
  "revokedhostkeys",
  "setenv",
  "syslogfacility",
]);

function readMatch(words: readonly string[]): true | "finally" {
  const text = words.join(" ").toLowerCase();
  if (text === "all") return true;
  if (text === "final all" || text === "final") return "finally";
  throw new CheckDeclined("ssh_config: Match with a condition");
}

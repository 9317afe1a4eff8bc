import type { GivenText } from "../../../sdk/read-options.ts";
import { isUnderstood, readSetting, type Setting } from "./config.ts";

/** The part of an ssh command line that says where to connect, and how. */
export interface SshArguments {
  /** The host on the command line. ssh_config may replace it by another name. */
  readonly host: string;
  /** In the order of the command line. The first setting of a keyword counts. */
  readonly settings: readonly Setting[];
  /**
   * The files of `-i`. They are among the settings too, but ssh warns of a missing file only if `-i` names
   * it.
   */
  readonly identities: readonly string[];
  readonly configFile: string | undefined;
  readonly family: 4 | 6 | undefined;
  readonly isQuiet: boolean;
}

/** Options of the plugin that stand for a line of ssh_config. */
const KEYWORD_OF: Readonly<Record<string, string>> = {
  port: "port",
  user: "user",
  logname: "user",
  identity: "identityfile",
};

/** The settings among the given options. Undefined where one of them is not understood. */
export function readSettings(given: readonly GivenText[]): readonly Setting[] | undefined {
  const settings: Setting[] = [];
  for (const { name, text = "" } of given) {
    const setting = name === "sshOptions" ? readSetting(text) : shortSetting(name, text);
    if (setting === "none") continue;
    if (setting === undefined || !isUnderstood(setting)) return undefined;
    settings.push(setting);
  }
  return settings;
}

function shortSetting(name: string, text: string): Setting | "none" {
  const keyword = KEYWORD_OF[name];
  return keyword === undefined ? "none" : { keyword, words: [text] };
}

/** All texts given for an option. */
export function listGiven(given: readonly GivenText[], option: string): readonly string[] {
  return given.flatMap(({ name, text }) => (name === option && text !== undefined ? [text] : []));
}

/** Whether ssh takes this word for a host and for nothing else: no option, no `user@`, no URL. */
export function isUnambiguousHost(text: string): boolean {
  return /^[A-Za-z0-9_:][A-Za-z0-9_:.-]*$/.test(text);
}

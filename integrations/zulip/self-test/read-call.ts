import type { Macros } from "../notify/notice.ts";
import { readMacros } from "../notify/read-macros.ts";

/** What a call of `omd-worker zulip test` says, and the words that are options of zulip.conf. */
export interface SelfTestCall {
  readonly asksBot: boolean;
  /** The zuliprc of the person who writes the command. */
  readonly person: string | undefined;
  readonly waitSeconds: number;
  readonly isJson: boolean;
  readonly macros: Macros;
  readonly options: readonly string[];
}

const WAIT_SECONDS = 60;
const OWN = /^--(?:bot|json|as=(?<person>.+)|wait=(?<wait>.*))$/s;

/** A text says what is wrong with the words. */
export function readSelfTestCall(words: readonly string[]): SelfTestCall | string {
  const { macros, others } = readMacros(words, {});
  const own = others.filter((word) => OWN.test(word));
  const groups = own.map((word) => OWN.exec(word)?.groups ?? {});
  const person = groups.find((one) => one["person"] !== undefined)?.["person"];
  const wait = groups.find((one) => one["wait"] !== undefined)?.["wait"];
  const asksBot = own.includes("--bot");
  if (wait !== undefined && !/^[1-9]\d{0,3}$/.test(wait)) return `--wait: '${wait}' is no number of seconds`;
  if (!asksBot && (person ?? wait) !== undefined) return "--as and --wait need --bot";
  return {
    asksBot,
    person,
    macros,
    isJson: own.includes("--json"),
    waitSeconds: wait === undefined ? WAIT_SECONDS : Number(wait),
    options: others.filter((word) => !OWN.test(word)),
  };
}

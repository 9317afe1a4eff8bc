import type { Family } from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { createEreSearch, type EreSearch } from "../libc/ere/search.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { isPlainHost } from "../transport/host.ts";
import { SMTP_OPTIONS, type SmtpOptions } from "./options.ts";

/** A command to send, and what its answer must match. */
export interface SmtpCommand {
  readonly text: string;
  readonly response: EreSearch | undefined;
}

/** A command line that was understood. Times are in seconds. */
export interface SmtpRequest
  extends Pick<
    SmtpOptions,
    "port" | "family" | "expect" | "ownName" | "lmtp" | "warning" | "critical" | "timeout"
  > {
  readonly host: string;
  /** The family that counted when the plugin read the host, and looked its name up for the first time. */
  readonly familyAtHost: Family;
  readonly commands: readonly SmtpCommand[];
  readonly from: string | undefined;
  readonly usesTls: boolean;
  readonly expiry: ExpiryLimits | undefined;
}

const readOptions = createOptionsReader(SMTP_OPTIONS, {
  words: "last",
  rewrites: { "-to": "-t", "-wt": "-w", "-ct": "-c" },
});

const DEFAULT_HOST = "127.0.0.1";

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readSmtpRequest(argv: readonly string[]): SmtpRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || argv.length === 0) return undefined;
  const { options, given } = read;
  const host = options.hostname ?? options.words[0] ?? DEFAULT_HOST;
  const familyAtHost = readFamilyAtHost(given, options.family);
  const commands = readCommands(options);
  if (!isPlainHost(host) || familyAtHost === undefined || commands === undefined) return undefined;
  return {
    ...options,
    host,
    familyAtHost,
    commands,
    from: options.from === undefined ? undefined : readSender(options.from),
    usesTls: options.startTls || options.expiry !== undefined,
  };
}

/** The plugin looks up the host where its option stands, and a word after all options. */
function readFamilyAtHost(given: readonly GivenText[], family: Family): Family | undefined {
  const places = (name: string) => given.flatMap((each, at) => (each.name === name ? at : []));
  const [[host, ...others], families] = [places("hostname"), places("family")];
  if (others.length > 0) return undefined;
  if (host === undefined || families.every((at) => at < host)) return family;
  return families.every((at) => at > host) ? 0 : undefined;
}

/** The plugin keeps so many bytes of a command and of a pattern. */
const MOST_BYTES = 254;

/** Undefined: a text is too long, or a pattern is not understood. */
function readCommands({ commands, responses }: SmtpOptions): readonly SmtpCommand[] | undefined {
  if ([...commands, ...responses].some(({ length }) => length > MOST_BYTES)) return undefined;
  const searches = responses.map((pattern) =>
    createEreSearch(pattern, { ignoresCase: false, knowsLines: true, encoding: "bytes" }),
  );
  if (searches.slice(0, commands.length).includes(undefined)) return undefined;
  return commands.map((text, at) => ({ text, response: searches[at] }));
}

/** `<me@here>` is `me@here`. */
function readSender(given: string): string {
  return given.replace(/^<*/, "").split(">", 1)[0] ?? "";
}

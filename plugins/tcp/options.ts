import {
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  type OptionsOf,
  option,
  type State,
  seconds,
  text,
  words,
} from "../../sdk/index.ts";
import { atoi, isIntNonNeg, strtol } from "../libc/number.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { family } from "../transport/host.ts";

/** The options of all the plugin's names. */
export const TCP_OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name, address or path of a Unix socket"),
  port: integer("-p, --port=PORT", "port number", { min: 1 }),
  family,
  escape: flag("-E, --escape", "\\n, \\r, \\t and \\\\ in what follows: --send, --quit"),
  send: text("-s, --send=STRING", "what to send", { secret: true }),
  expect: list(text("-e, --expect=STRING", "what the reply must hold")),
  all: flag("-A, --all", "all of the expected strings, not just one"),
  quit: text("-q, --quit=STRING", "what to send before the connection is closed"),
  refused: option("-r, --refuse=STATE", "the state when refused: ok, warn, crit", readWord, { default: 2 }),
  mismatch: option("-M, --mismatch=STATE", "the state of another reply: ok, warn, crit", readWord, {
    default: 1,
  }),
  jail: flag("-j, --jail", "do not show the reply"),
  maximum: option("-m, --maxbytes=INTEGER", "stop after this many bytes", readMaximum, { default: 0 }),
  delay: integer("-d, --delay=SECONDS", "how long to wait between sending and reading", { min: 1 }),
  expiry: option(
    "-D, --certificate=DAYS[,DAYS]",
    "days a certificate must be valid: warning, critical",
    readExpiry,
  ),
  tls: flag("-S, --ssl", "use TLS"),
  servername: text("--sni=STRING", "use TLS, with this server name"),
  warning: number("-w, --warning=SECONDS", "response time that is a warning", { lenient: true }),
  critical: number("-c, --critical=SECONDS", "response time that is critical", { lenient: true }),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  criticalCodes: leftToPlugin("-C, --critical-codes=STRING", "not used"),
  warningCodes: leftToPlugin("-W, --warning-codes=STRING", "not used"),
  protocol: leftToPlugin("--protocol=STRING", "not used"),
  words: words("ADDRESS", "the same as --hostname", { max: 1 }),
};

export type TcpOptions = OptionsOf<typeof TCP_OPTIONS>;

function readWord(word: string): State | undefined {
  if (word.startsWith("ok")) return 0;
  if (word.startsWith("warn")) return 1;
  return word.startsWith("crit") ? 2 : undefined;
}

/** The plugin checks a decimal number. Then it reads it as an octal one if it begins with 0. */
function readMaximum(text: string): number | undefined {
  return isIntNonNeg(text) && atoi(text) > 0 ? Number(strtol(text, 0).value) : undefined;
}

function readExpiry(text: string): ExpiryLimits | undefined {
  const comma = text.indexOf(",");
  const [warning, critical] = comma < 0 ? [text, "0"] : [text.slice(0, comma), text.slice(comma + 1)];
  if (!isIntNonNeg(warning) || !isIntNonNeg(critical)) return undefined;
  return { warning: atoi(warning), critical: atoi(critical) };
}

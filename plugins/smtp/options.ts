import {
  flag,
  integer,
  leftToPlugin,
  list,
  number,
  type OptionsOf,
  option,
  text,
  words,
} from "../../sdk/index.ts";
import { atoi, isIntNonNeg } from "../libc/number.ts";
import type { ExpiryLimits } from "../transport/certificate.ts";
import { family } from "../transport/host.ts";

export const SMTP_OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name or address"),
  port: integer("-p, --port=PORT", "port number", { default: 25, min: 1 }),
  family,
  expect: text("-e, --expect=STRING", "what the first answers must hold", { default: "220" }),
  // It may be a login: `AUTH PLAIN …`.
  commands: list(text("-C, --command=STRING", "a command to send", { secret: true })),
  responses: list(text("-R, --response=REGEX", "what the answer to the command must match")),
  from: text("-f, --from=ADDRESS", "the sender of a mail that is begun"),
  ownName: text("-F, --fqdn=NAME", "the name to greet with, in place of the host's"),
  startTls: flag("-S, --starttls", "use TLS"),
  expiry: option(
    "-D, --certificate=DAYS[,DAYS]",
    "use TLS; days a certificate must be valid: warning, critical",
    readExpiry,
  ),
  lmtp: flag("-L, --lmtp", "greet with LHLO"),
  ignoresQuit: flag("-q, --ignore-quit-failure", "the server may hang up before QUIT"),
  warning: number("-w, --warning=SECONDS", "response time that is a warning", { min: 0 }),
  critical: number("-c, --critical=SECONDS", "response time that is critical", { min: 0 }),
  timeout: integer("-t, --timeout=SECONDS", "how long it may take, 0 is no limit", { default: 10, min: 0 }),
  authType: leftToPlugin("-A, --authtype=LOGIN", "log in"),
  authUser: leftToPlugin("-U, --authuser=NAME", "the user"),
  authPassword: leftToPlugin("-P, --authpass=PASSWORD", "the password", { secret: true }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  words: words("ADDRESS", "the same as --hostname"),
};

export type SmtpOptions = OptionsOf<typeof SMTP_OPTIONS>;

function readExpiry(given: string): ExpiryLimits | undefined {
  const comma = given.indexOf(",");
  const [warning, critical] = comma < 0 ? [given, "0"] : [given.slice(0, comma), given.slice(comma + 1)];
  if (!isIntNonNeg(warning) || !isIntNonNeg(critical)) return undefined;
  return { warning: atoi(warning), critical: atoi(critical) };
}

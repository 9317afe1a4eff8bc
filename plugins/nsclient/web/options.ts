import { flag, leftToPlugin, text, words } from "../../../sdk/index.ts";
import type { FlagKinds } from "./go-flags.ts";

/** The rows of `--help`. Go's programs take one dash as well as two. */
export const WEB_OPTIONS = {
  u: text("-u=URL", "of the agent: https://10.1.2.3:8443", { required: true }),
  p: text("-p=PASSWORD", "of the agent", { required: true, secret: true }),
  l: text("-l=LOGIN", "of the agent, for -a 1", { default: "admin" }),
  a: text("-a=VERSION", "of the agent's interface: legacy or 1", { default: "legacy" }),
  t: text("-t=SECONDS[:STATE]", "how long it may take, and the state if it takes longer", {
    default: "10:UNKNOWN",
  }),
  e: text("-e=STATE", "if there is no connection, or no answer", { default: "UNKNOWN" }),
  k: flag("-k", "takes any certificate"),
  ca: text("--ca=FILE", "authorities that the agent's certificate may be of, PEM"),
  C: text("-C=FILE", "our certificate, PEM"),
  K: text("-K=FILE", "its key, PEM"),
  tlsmin: text("--tlsmin=VERSION", "the oldest TLS", { default: "tls1.0" }),
  tlsmax: text("--tlsmax=VERSION", "the newest TLS"),
  tlshostname: text("--tlshostname=NAME", "that the certificate is for"),
  f: text("-f=DECIMALS", "of the numbers in the perfdata"),
  j: flag("-j", "prints the answer as JSON"),
  r: flag("-r", "prints the answer as it came"),
  config: text("--config=FILE", "more options"),
  query: text("--query=WORDS", "the check and its words, as a text of the file"),
  verbose: leftToPlugin("-v", "what is said"),
  very: leftToPlugin("--vv", "the same"),
  words: words("[COMMAND [WORD…]]", "the check that the agent runs"),
};

export const FLAG_KINDS: FlagKinds = new Map([
  ...["u", "p", "l", "a", "t", "e", "ca", "C", "K", "tlsmin", "tlsmax", "tlshostname", "f", "config"].map(
    (name) => [name, "text"] as const,
  ),
  ["query", "text"],
  ...["k", "j", "r", "v", "vv", "V"].map((name) => [name, "switch"] as const),
]);

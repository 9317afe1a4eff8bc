import { flag, integer, leftToPlugin, list, text, words } from "../../sdk/index.ts";

export const DNS_OPTIONS = {
  hostname: text("-H, --hostname=NAME", "the name or IPv4 address to look up"),
  server: text("-s, --server=ADDRESS", "the name server, in place of that of resolv.conf"),
  expected: list(
    text("-a, --expected-address=ADDRESS[,…]", "an address, a network or a name that must come"),
  ),
  isAll: flag("-L, --all", "all of the expected ones, and no other"),
  expectsNone: flag("-n, --expect-nxdomain", "the name must not exist"),
  expectsAuthority: flag("-A, --expect-authority", "the server must be responsible for the name"),
  warning: text("-w, --warning=SECONDS", "response times that are a warning"),
  critical: text("-c, --critical=SECONDS", "response times that are critical"),
  timeout: integer("-t, --timeout=SECONDS", "how long it may take", { default: 10, min: 1, lenient: true }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  reverse: leftToPlugin("-r, --reverse-server=ADDRESS", "not used"),
  words: words("NAME ADDRESS", "the same as --hostname and --server"),
};

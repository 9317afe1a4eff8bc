import {
  type CheckContext,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  type Family,
  fperfdata,
  integer,
  leftToPlugin,
  OK,
  RESOLVER,
  ResolveError,
  text,
  UNKNOWN,
  withinSeconds,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { atoi, isIntPos } from "../libc/number.ts";
import { trimEnd } from "../libc/trim-end.ts";
import { type DialContext, DialError, dial } from "../transport/dial.ts";
import { family, isPlainHost } from "../transport/host.ts";
import { StreamPeer } from "../transport/peer.ts";
import { socketTimeout, TargetClock } from "../transport/timing.ts";

const OPTIONS = {
  hostname: text("-H, --hostname, --host=ADDRESS", "host name or address"),
  port: integer("-p, --port=PORT", "port number", { min: 1 }),
  family,
  version: text("-r, --remote-version=STRING", "the version the server must name"),
  protocol: text("-P, --remote-protcol=STRING", "the protocol version the server must name"),
  timeout: integer("-t, --timeout=SECONDS", "how long it may take, 0 is no limit", { default: 10, min: 0 }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  words: words("[ADDRESS] [PORT]", "the same as --hostname and --port"),
};

const readOptions = createOptionsReader(OPTIONS, { words: "last", rewrites: { "-to": "-t" } });

interface SshRequest {
  readonly host: string;
  readonly port: number;
  readonly family: Family;
  /**
   * The family that counted when the plugin read `-H`: it looks the name up there, the first of two times.
   */
  readonly familyAtHost: Family;
  readonly version: string | undefined;
  readonly protocol: string | undefined;
  readonly timeout: number;
  /** The lines before the usage text where the host cannot be resolved. */
  readonly complaint: readonly string[];
}

const DEFAULT_PORT = 22;
/** Bytes the plugin reads of the server's greeting. */
const MAX_GREETING = 256;

export const checkSsh = defineCheck({
  name: "check_ssh",
  summary: "an SSH server's greeting",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  read: readRequest,
  target: ({ host }) => host,
  run,
});

function readRequest(argv: readonly string[]): SshRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { hostname, port, family, version, protocol, timeout, words } = read.options;
  const [host, portWord] = hostname === undefined ? words : [hostname, words[0]];
  const familyAtHost = readFamilyAtHost(read.given, family);
  const isEmpty = hostname === "";
  if (host === undefined || !(isEmpty || isPlainHost(host)) || familyAtHost === undefined) return undefined;
  if (port === undefined && portWord !== undefined && !isIntPos(portWord)) return undefined;
  return {
    host,
    port: port ?? (portWord === undefined ? DEFAULT_PORT : atoi(portWord)),
    familyAtHost,
    family,
    version,
    protocol,
    timeout,
    complaint: readComplaint(hostname, port),
  };
}

/**
 * The plugin looks up the host of each `-H` where the option stands, with the `-4` and `-6` before it. It
 * looks up an address without `-H` after all options.
 */
function readFamilyAtHost(given: readonly GivenText[], family: Family): Family | undefined {
  const places = (name: string) => given.flatMap((each, at) => (each.name === name ? at : []));
  const [[host, ...otherHosts], families] = [places("hostname"), places("family")];
  if (host === undefined || families.every((at) => at < host))
    return otherHosts.length === 0 ? family : undefined;
  return otherHosts.length === 0 && families.every((at) => at > host) ? 0 : undefined;
}

/** The plugin treats a name it cannot resolve as a mistake on its command line. */
function readComplaint(hostname: string | undefined, port: number | undefined): readonly string[] {
  if (hostname !== undefined) return [`check_ssh: Invalid hostname/address - ${hostname}`];
  return port === undefined ? [] : ["check_ssh: Could not parse arguments"];
}

const USAGE = ["Usage:", "check_ssh  [-4|-6] [-t <timeout>] [-r <remote version>] [-p <port>] <host>"];

async function run(request: SshRequest, context: CheckContext): Promise<CheckOutput> {
  const { host, familyAtHost, timeout, complaint } = request;
  const { signal } = context;
  const resolver = context.shared(RESOLVER);
  const onTimeout = socketTimeout(timeout);
  try {
    await resolver.resolve(host, familyAtHost, signal);
    return await withinSeconds({ seconds: timeout, signal, onTimeout }, (deadline) =>
      connectAndRead(request, { resolver, signal: deadline }),
    );
  } catch (error) {
    if (error instanceof ResolveError) {
      return { returnCode: UNKNOWN, output: [...complaint, ...USAGE, ""].join("\n") };
    }
    if (error instanceof DialError) return { returnCode: error.state, output: `${error.message}\n` };
    throw error;
  }
}

async function connectAndRead(request: SshRequest, context: DialContext): Promise<CheckOutput> {
  const { host, port, family } = request;
  const clock = new TargetClock();
  using peer = new StreamPeer(await dial({ host, port, family }, { ...context, clock }));
  clock.tick();
  const said = (await peer.receive(MAX_GREETING)).split("\0", 1)[0] ?? "";
  clock.tick();
  if (!said.startsWith("SSH")) return { returnCode: CRITICAL, output: `Server answer: ${said}` };
  const greeting = readGreeting(said);
  peer.send(`SSH-${greeting.protocol}-check_ssh_2.3.3\r\n`);
  return judge(greeting, request, clock.seconds);
}

interface Greeting {
  readonly protocol: string;
  readonly software: string;
}

/** Reads `SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10`. ASCII white space at the end does not count. */
function readGreeting(said: string): Greeting {
  const text = trimEnd(said, " \r\n\t").slice("SSH-".length);
  const protocol = /^[0-9. ]*/.exec(text)?.[0] ?? "";
  const lead = /^[-0-9. ]*/.exec(text)?.[0] ?? "";
  // Without a dash between the two, the plugin's software is empty.
  return { protocol, software: lead === protocol ? "" : text.slice(lead.length) };
}

function judge(greeting: Greeting, { version, protocol, timeout }: SshRequest, time: number): CheckOutput {
  const named = `${greeting.software} (protocol ${greeting.protocol})`;
  const critical = (what: string, expected: string) => ({
    returnCode: CRITICAL,
    output: `SSH CRITICAL - ${named} ${what} mismatch, expected '${expected}'\n`,
  });
  if (version !== undefined && version !== greeting.software) return critical("version", version);
  if (protocol !== undefined && protocol !== greeting.protocol) {
    return critical("protocol version", protocol);
  }
  const perfdata = fperfdata("time", time, "s", { min: 0, max: timeout });
  return { returnCode: OK, output: `SSH OK - ${named} | ${perfdata}\n` };
}

import {
  CheckDeclined,
  CheckFailure,
  CRITICAL,
  defineCheck,
  flag,
  leftToPlugin,
  list,
  type OptionsOf,
  oneOf,
  option,
  seconds,
  text,
  withinSeconds,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { atoi, isInteger } from "../libc/number.ts";
import { type AnswerOptions, answerAs, type SshOutcome } from "./answer.ts";
import { loadDriver } from "./client/connection.ts";
import { patienceOf } from "./client/login-clock.ts";
import { SSH_POOL, type SshPool } from "./client/pool.ts";
import { isUnambiguousHost, listGiven, readSettings, type SshArguments } from "./openssh/arguments.ts";
import { printLines, SshFailure } from "./openssh/failure.ts";

/** How many lines are passed over: all lines where no number is given. */
const lineCount = (spelling: string, help: string) =>
  option(spelling, help, (given) => (isInteger(given) && atoi(given) >= 0 ? atoi(given) : undefined), {
    default: 0,
    bare: Number.POSITIVE_INFINITY,
  });

const OPTIONS = {
  hostname: text("-H, --host, --hostname=ADDRESS", "host name or address"),
  port: option("-p, --port=PORT", "port number", (given) =>
    /^[1-9][0-9]{0,4}$/.test(given) ? given : undefined,
  ),
  commands: list(text("-C, --command=COMMAND", "the command to run over there")),
  identity: text("-i, --identity=KEYFILE", "private key to log in with"),
  user: text("-u, --user=USER", "user over there"),
  logname: text("-l, --logname=USER", "user over there"),
  sshOptions: list(text("-o, --ssh-option=OPTION", "a line of ssh_config")),
  configFile: text("-F=FILE", "ssh_config to use instead of the usual ones"),
  family: oneOf({ "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 }, "use only this protocol"),
  isQuiet: flag("-q, --quiet", "ssh prints no warnings"),
  forks: flag("-f, --fork", "ssh goes into the background, so its return code is 0"),
  protocol2: flag("-2, --proto2", "SSH version 2: there is no other"),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
  isUnknownWithoutConnection: flag("-U, --unknown-timeout", "no connection is UNKNOWN"),
  skipStdout: lineCount("-S, --skip-stdout, --skip[=LINES]", "pass over lines of stdout"),
  skipStderr: lineCount("-E, --skip-stderr[=LINES]", "pass over lines of stderr"),
  warnsOnStderr: flag("--warn-on-stderr", "lines on stderr are a WARNING, not UNKNOWN"),
  name: text("-n, --name=HOST", "host name of a passive result"),
  services: text("-s, --services=LIST", "services of passive results"),
  words: words("HOST COMMAND…", "the host without -H, and the command without -C", { startsCommand: true }),
  verbose: leftToPlugin("-v, --verbose", "what is run"),
  output: leftToPlugin("-O, --output=FILE", "write passive results"),
  protocol1: leftToPlugin("-1, --proto1", "SSH version 1"),
  longConfigFile: leftToPlugin("--configfile[=FILE]", "as -F"),
};

const readOptions = createOptionsReader(OPTIONS, { rewrites: { "-to": "-t" } });

interface BySshRequest extends AnswerOptions {
  readonly ssh: SshArguments;
  readonly timeout: number;
  /** ssh goes into the background when it has logged in, and the plugin gets the return code of that. */
  readonly forks: boolean;
}

export const checkBySsh = defineCheck<BySshRequest>({
  name: "check_by_ssh",
  summary: "runs a command over ssh and answers with what it says",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  target: ({ ssh }) => ssh.host,

  read(argv): BySshRequest | undefined {
    const read = readOptions(argv);
    const settings = read && readSettings(read.given);
    if (read === undefined || settings === undefined) return undefined;
    const { options } = read;
    const { host, command } = readWords(options);
    if (!isUnambiguousHost(host) || command.length < 2 || !isUtf8(command)) return undefined;
    const { configFile, family, isQuiet, timeout } = options;
    const identities = listGiven(read.given, "identity");
    return { ...options, command, timeout, ssh: { host, settings, identities, configFile, family, isQuiet } };
  },

  run(options, { shared, signal }) {
    const { timeout } = options;
    const onTimeout = () =>
      new CheckFailure(`CRITICAL - Plugin timed out after ${timeout} seconds`, CRITICAL);
    return withinSeconds({ seconds: timeout, signal, onTimeout }, async (deadline) => {
      const end = await runSsh(shared(SSH_POOL), options, deadline);
      // The plugin reads stderr only after stdout has ended. When the stderr pipe is full, neither of them
      // ends.
      if (end.stderr.length > PIPE_SIZE) return new Promise<never>(() => {});
      return answerAs(end, options);
    });
  },
});

const PIPE_SIZE = 65_536;

/**
 * The first word is the host unless `-H` was given. The other words are the command unless `-C` was given.
 */
function readWords({ hostname, commands, words: all }: OptionsOf<typeof OPTIONS>) {
  const [first = ""] = all;
  const host = hostname ?? first;
  const rest = hostname === undefined ? all.slice(1) : all;
  const status = ";echo STATUS CODE: $?;";
  const joined = commands.join(status);
  const command = joined === "" ? rest.join(" ") : joined;
  return { host, command: commands.length > 1 ? command + status : command };
}

/** The driver takes a command as text and sends it as UTF-8, so other bytes cannot be sent. */
function isUtf8(bytes: string): boolean {
  return toText(bytes) !== undefined;
}

function toText(bytes: string): string | undefined {
  if (!/[^\0-\x7f]/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  const decoded = buffer.toString("utf8");
  return Buffer.from(decoded, "utf8").equals(buffer) ? decoded : undefined;
}

/** Runs the command, and tells how an ssh process would have ended. */
async function runSsh(
  pool: SshPool,
  { ssh, command, timeout, forks }: Pick<BySshRequest, "ssh" | "command" | "timeout" | "forks">,
  signal: AbortSignal,
): Promise<SshOutcome> {
  const plan = pool.plan(ssh);
  const { destination, environment } = plan;
  const { deadAfter = Number.POSITIVE_INFINITY } = destination;
  if (deadAfter < timeout) throw new CheckDeclined("ssh may end before the plugin's time is up");
  try {
    const executed = await pool.execute(
      plan,
      { text: toText(command) ?? "", environment },
      patienceOf(timeout, signal),
    );
    const { outcome, printed } = executed;
    const last = executed.kind === "lost" && !forks ? executed.lastLine.text : "";
    return {
      returnCode: forks ? 0 : (outcome.returnCode ?? 255),
      stdout: outcome.stdout,
      stderr: `${printed}${outcome.stderr}${last}`,
    };
  } catch (error) {
    if (!(error instanceof SshFailure)) throw error;
    if (destination.control === "path") throw new CheckDeclined("ssh may know of a connection that stands");
    return { returnCode: 255, stdout: "", stderr: printLines(error.lines, destination.verbosity) };
  }
}

import {
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  count,
  defineCheck,
  flag,
  OK,
  type Range,
  text,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { askServer, findUnknownHost } from "./ask-server.ts";
import { loadDriver, type Session } from "./client/session.ts";
import { ConnectionFailure, UNKNOWN_ERROR } from "./libmariadb/failure.ts";
import { judgeReplica } from "./replica.ts";
import { COMMON_OPTIONS, readServer, type ServerRequest } from "./request.ts";
import { renderStatus } from "./status.ts";

const OPTIONS = {
  ...COMMON_OPTIONS,
  ignoresLogin: flag("-n, --ignore-auth", "a refused login is OK, too"),
  checksReplica: flag("-S, --check-slave", "check whether the replica runs"),
  ssl: flag("-l, --ssl", "use TLS if the server has it"),
  caCert: text("-C, --ca-cert=STRING", "file of certificates; with -l the plugin is executed"),
  cert: text("-a, --cert=STRING", "certificate; with -l the plugin is executed"),
  key: text("-k, --key=STRING", "private key; with -l the plugin is executed"),
  caDir: text("-D, --ca-dir=STRING", "folder of certificates; with -l the plugin is executed"),
  ciphers: text("-L, --ciphers=STRING", "ciphers of TLS; with -l the plugin is executed"),
  verbose: count("-v, --verbose", "up to twice it has no effect"),
  words: words("…", "host, user, password, database and port, as far as no option says them", {
    secret: true,
  }),
};

const readOptions = createOptionsReader(OPTIONS);

export const checkMysql = defineCheck({
  name: "check_mysql",
  summary: "a login at a MariaDB or MySQL server, its statistics and its replica",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  read: readRequest,
  target: ({ login }) => login.host,
  run,
});

const USAGE = {
  name: "check_mysql",
  usage: [
    " check_mysql [-d database] [-H host] [-P port] [-s socket]",
    "       [-u user] [-p password] [-S] [-l] [-a cert] [-k key]",
    "       [-C ca-cert] [-D ca-dir] [-L ciphers] [-f optfile] [-g group]",
  ],
};

interface MysqlRequest extends ServerRequest {
  readonly ignoresLogin: boolean;
  readonly checksReplica: boolean;
  readonly warning: Range | undefined;
  readonly critical: Range | undefined;
}

/** The plugin takes the value of this long option only behind `=`. */
const CA_CERT_ALONE = /^--ca-c(?:e|er|ert)?$/;

function readRequest(argv: readonly string[]): MysqlRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || argv.some((word) => CA_CERT_ALONE.test(word))) return undefined;
  const { ignoresLogin, checksReplica, warning, critical, ssl, verbose } = read.options;
  const { caCert, cert, key, caDir, ciphers } = read.options;
  const isVerified = [caCert, cert, key, caDir, ciphers].some((each) => each !== undefined);
  if (verbose > 2 || (ssl && isVerified)) return undefined;
  const rules = { takesPaths: true, tls: ssl, words: read.options.words };
  const server = readServer(read.options, read.given, rules);
  return server && { ...server, ignoresLogin, checksReplica, warning, critical };
}

async function run(request: MysqlRequest, context: CheckContext): Promise<CheckOutput> {
  const looking = findUnknownHost(request, context, USAGE);
  const unknown = looking && (await looking);
  if (unknown !== undefined) return unknown;
  try {
    return await askServer(request, context, async (lease) => {
      const answer = await askStatus(request, lease.session);
      lease.keep = true;
      return answer;
    });
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    if (request.ignoresLogin && error.isAccessDenied) return REFUSED;
    throw new CheckFailure(`${error.message}\n`, error.state);
  }
}

/** The plugin forgets the version before it prints it. */
const REFUSED: CheckOutput = { returnCode: OK, output: "MySQL OK - Version: (null) (protocol 10)\n" };
/** Errors of the statistics with which the plugin ends: gone, lost, unknown. */
const ENDING = [2006, 2013, UNKNOWN_ERROR.code];

async function askStatus(request: MysqlRequest, session: Session): Promise<CheckOutput> {
  const statistics = await session.statistics();
  if (statistics.kind === "failed" && ENDING.includes(statistics.failure.code))
    throw new CheckFailure(`${statistics.failure.message}\n`, CRITICAL);
  const said = statistics.kind === "failed" ? statistics.failure.message : statistics.text;
  const perfdata = renderStatus(await session.query("show global status", Number.POSITIVE_INFINITY));
  if (!request.checksReplica) return { returnCode: OK, output: `${said}|${perfdata}\n` };
  return judgeReplica(await session.query("show slave status", 1), request, { said, perfdata });
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseResolvConf } from "../../../plugins/dns/resolv-conf.ts";
import { parseMountTable } from "../../../plugins/local/disk/mount-table.ts";
import { mountOf, parseMountInfo } from "../../../plugins/local/mount-info.ts";
import { readSection } from "../../../plugins/mssql/client/freetds-conf.ts";
import { readOptionFile } from "../../../plugins/mysql/libmariadb/option-file.ts";
import { addFileFlags } from "../../../plugins/nsclient/web/flags.ts";
import { parseConninfo } from "../../../plugins/pgsql/libpq/conninfo.ts";
import { ConnectionFailure } from "../../../plugins/pgsql/libpq/failure.ts";
import { isKeyword } from "../../../plugins/pgsql/libpq/parameters.ts";
import { findPassword } from "../../../plugins/pgsql/libpq/password-file.ts";
import { readService } from "../../../plugins/pgsql/libpq/service-file.ts";
import { readRateState } from "../../../plugins/snmp/rate-state.ts";
import { readConfig } from "../../../plugins/ssh/openssh/config.ts";
import { findHostKeys } from "../../../plugins/ssh/openssh/known-hosts.ts";
import { matchesAny } from "../../../plugins/ssh/openssh/pattern.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import {
  insist,
  type PureTarget,
  QUICK,
  type ServedTarget,
  soon,
  type Target,
  text,
} from "../../engine/target.ts";
import { latin1 } from "../samples.ts";

const BLANKS = ["\n", " ", "\t", "\r", "\0", "#", "=", '"', "'", "\\", ":", "*", "[", "]"];
const KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIKIrMOmSqF2c0a5k4sHUEYT3Jm6xWHrOXzZFyAWzkRmd";
const HOSTS = `a.example,10.0.0.1 ssh-ed25519 ${KEY} comment\n@revoked * ssh-ed25519 ${KEY}\n|1|c2FsdA==|aGFzaA== ssh-ed25519 ${KEY}\n`;

const PURE: readonly PureTarget[] = [
  text("ssh-config", {
    mayThrow: [CheckDeclined],
    samples: () => [
      "Host a* !ab\n  User x\n  IdentityFile ~/.ssh/id\nMatch all\n Port 22\n",
      'Host *\nSendEnv "LANG" LC_*\nInclude conf.d/*\n',
    ],
    tokens: [
      ...BLANKS,
      "Host ",
      "Match final\n",
      "Include ",
      "Port 22\n",
      "ProxyJump none\n",
      "?",
      "!",
      "IdentityFile ",
    ],
    most: 1 << 17,
    read: (given) => readSshConfig(given).settings.size,
  }),
  text("host-pattern", {
    shortRuns: QUICK,
    samples: () => ["*.example\na.example", "a?c*e\nabcde", "!a,b*\nbc", "*a*a*a*a*b\naaaaaaaaaaaaaaaa"],
    tokens: ["*", "?", "*a", "!", ",", "a", ".*", "\n"],
    most: 8_192,
    read: (given) => {
      const [patterns = "", name = ""] = given.split("\n");
      return matchesAny(name, patterns.split(","));
    },
  }),
  text("pgpass", {
    shortRuns: QUICK,
    samples: () => ["localhost:5432:*:mon:secret\n*:*:*:*:a\\:b\\\\c\n", "# x\ndb1:5432:monitor:mon:pw"],
    tokens: [...BLANKS, "localhost:", "5432:", "mon:", "*:", "\\:", "\r"],
    read: (given) => {
      const password = findPassword(given, { host: "localhost", port: "5432", database: "d", user: "mon" });
      insist((password?.length ?? 0) <= given.length, "a password longer than the file");
      return password;
    },
  }),
  text("conninfo", {
    mayThrow: [CheckDeclined, ConnectionFailure],
    samples: () => ["host=a port=5432 dbname='x y' user=mon", "password = 'a\\'b'", "host=\\ a"],
    tokens: [...BLANKS, "host=", "dbname=", "= ", " ="],
    read: (given) => parseConninfo(given, isKeyword).size,
  }),
  text("resolv-conf", {
    shortRuns: QUICK,
    samples: () => [
      "nameserver 10.0.0.1\nsearch a.example b.example\noptions ndots:2 edns0\n",
      "domain x\nnameserver ::1 ; c\n",
    ],
    tokens: [...BLANKS, "nameserver ", "search ", "options ndots:9\n", ";", "."],
    read: (given) => parseResolvConf(given),
  }),
  text("mounts", {
    samples: () => [
      "36 35 98:0 / /mnt\\040x rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue\n",
      "/dev/sda1 / ext4 rw 0 0\nserver:/a /b nfs rw 0 0\n",
    ],
    tokens: [...BLANKS, " - ", "\\040", "/", "ext4", "\\777"],
    read: (given) => {
      const mounts = parseMountInfo(given);
      mountOf("/mnt/x/y", mounts);
      return [mounts.length, parseMountTable(given).length];
    },
  }),
  text("nsc-web-file", {
    shortRuns: QUICK,
    samples: () => ["p=secret\nu http://a:8443\nk\n", "# c\nt=10\r\n"],
    tokens: [...BLANKS, "p=", "u ", "k", "t=", "j=true"],
    read: (given) => addFileFlags(given, { given: new Map(), words: [], written: new Map() })?.given.size,
  }),
];

const STAMP = "1";
const uid = process.getuid?.() ?? 0;

function readSshConfig(given: string) {
  const file = { text: given, mode: 0o600, uid };
  const files = {
    read: (path: string) => (path === "/home/x/.ssh/config" ? file : undefined),
    list: () => [],
    stamp: () => STAMP,
  };
  return readConfig({ given: [], file: undefined, host: "ab.example", home: "/home/x" }, files);
}

/** Readers that take a path. */
function fileTarget(
  name: string,
  given: Pick<ServedTarget, "tokens"> & {
    readonly samples: readonly string[];
    readonly read: (path: string, bytes: Buffer) => Promise<unknown>;
  },
): ServedTarget {
  return {
    name,
    kind: "served",
    shortRuns: 150,
    mayThrow: [CheckDeclined],
    most: 1 << 17,
    tokens: given.tokens ?? [],
    samples: () => latin1(...given.samples),
    start: async () => {
      const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
      const path = join(folder, "file");
      return {
        read: async (bytes) => {
          writeFileSync(path, bytes, { mode: 0o600 });
          return await given.read(path, bytes);
        },
        [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
      };
    },
  };
}

const SERVED: readonly ServedTarget[] = [
  soon("known-hosts", {
    shortRuns: 500,
    samples: () => latin1(HOSTS),
    tokens: [...BLANKS, "|1|", "@cert-authority ", "ssh-rsa ", KEY, ",", "*a*"],
    most: 1 << 17,
    read: (bytes) => findHostKeys([bytes.toString("latin1")], "[a.example]:2222"),
  }),
  fileTarget("my-cnf", {
    samples: ["[client]\nuser=mon\npassword = 'x y'\n!include /none\n", "[mysql]\nhost=a\\tb\n# c\n; d\n"],
    tokens: [...BLANKS, "[client]\n", "!include ", "!includedir ", ";", "password="],
    read: (path) => readOptionFile(path, ["client"]),
  }),
  fileTarget("pg-service", {
    samples: ["[mon]\nhost=a\nport=1\n[other]\nx=y\n", "# c\n [mon]\n host=b"],
    tokens: [...BLANKS, "[mon]\n", "host=", "ldap://", "service="],
    read: (path) => readService("mon", { home: "/none", environment: { PGSERVICEFILE: path } }),
  }),
  fileTarget("freetds-conf", {
    samples: ["[sql1]\n\thost = a.example\n\tport = 1433\n", "[global]\nx=y\n[SQL1]\nhost=b\ninstance=i\n"],
    tokens: [...BLANKS, "[sql1]\n", "host = ", "port = ", ";"],
    read: (path) => readSection("sql1", { FREETDSCONF: path }),
  }),
  fileTarget("snmp-rate", {
    samples: ["# NP State file\n1\n1\n1700000000\n1:2:3\n"],
    tokens: [...BLANKS, "1\n", "1e400", "nan", ":"],
    read: (path) => readRateState(path, 1_800_000_000),
  }),
];

/** Files that the clients of other systems read, and so do checks. */
export const CLIENT_FILES: readonly Target[] = [...PURE, ...SERVED];

import type { Socket } from "node:net";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import { error, greeting, OK, ONE, packet, speaker } from "../../../test/plugins/mysql/speaker.ts";
import {
  ACCEPTED,
  authentication,
  message,
  ONE as PG_ONE,
  error as pgError,
  speaker as pgSpeaker,
} from "../../../test/plugins/pgsql/speaker.ts";
import type { ServedTarget } from "../../engine/target.ts";
import { MYSQL_TOKENS, PGSQL_TOKENS } from "../../tokens.ts";
import { hostileServer, sendAndClose } from "./hostile.ts";

const KEPT = new Map([[NATIVE_DB_POOL, true]]);

/** The first byte says when the rest is sent: in place of the greeting, of the login, or of an answer. */
function stageOf(bytes: Buffer, stages: number): { readonly stage: number; readonly rest: Buffer } {
  return { stage: (bytes[0] ?? 0) % stages, rest: bytes.subarray(1) };
}

const at = (stage: number, bytes: Buffer) => Buffer.concat([Buffer.of(stage), bytes]);

const MYSQL = hostileServer({
  name: "served-mysql",
  samples: () => [
    at(0, greeting()),
    at(0, error(0, 1040, "Too many connections")),
    at(1, packet(2, OK)),
    at(1, error(2, 1045, "#28000Access denied")),
    at(1, packet(2, "\xfemysql_native_password\0abcdefghijklmnopqrst\0")),
    at(2, ONE),
    at(2, error(1, 1064, "#42000You have an error")),
  ],
  tokens: MYSQL_TOKENS,
  settings: KEPT,
  serve: (socket, bytes) => {
    const { stage, rest } = stageOf(bytes, 3);
    const give = (heard: Socket) => sendAndClose(heard, rest);
    if (stage === 0) give(socket);
    else speaker(stage === 1 ? { login: give } : { query: give, statistics: give })(socket);
  },
  checks: [
    { check: checkMysql, words: (port) => `-H 127.0.0.1 -P ${port} -u mon -p x` },
    { check: checkMysqlQuery, words: (port) => `-H 127.0.0.1 -P ${port} -u mon -p x -q select` },
  ],
});

const PGSQL = hostileServer({
  name: "served-pgsql",
  samples: () => [
    at(0, ACCEPTED),
    at(0, authentication(5, "abcd")),
    at(0, authentication(10, "SCRAM-SHA-256\0\0")),
    at(0, pgError({ S: "FATAL", C: "28P01", M: "password authentication failed" })),
    at(1, PG_ONE),
    at(1, pgError({ S: "ERROR", C: "42601", M: "syntax error", P: "8" })),
    at(1, message("N", "SNOTICE\0C00000\0Mx\0\0")),
  ],
  tokens: PGSQL_TOKENS,
  settings: KEPT,
  serve: (socket, bytes) => {
    const { stage, rest } = stageOf(bytes, 2);
    const give = (heard: Socket) => sendAndClose(heard, rest);
    pgSpeaker(
      stage === 0
        ? { login: give }
        : { login: (heard) => void heard.write(ACCEPTED), query: give, proof: give },
    )(socket);
  },
  checks: [{ check: checkPgsql, words: (port) => `-H 127.0.0.1 -P ${port} -l mon -p x -d d -t 2 -q select` }],
});

/** The servers of databases that speak as an input says. */
export const DATABASE_SERVERS: readonly ServedTarget[] = [MYSQL, PGSQL];

import { RESOLVER, type Shared } from "../../../sdk/index.ts";
import { type SessionPool, sharedLogins, sharedPool } from "../../transport/databases/session-pool.ts";
import { TLS_CONTEXTS } from "../../transport/tls-contexts.ts";
import { Machine } from "../libmariadb/machine.ts";
import type { Target } from "../libmariadb/target.ts";
import { connect } from "./connect.ts";
import { FOREIGN_LOGINS } from "./foreign-logins.ts";
import type { Session } from "./session.ts";

/** What libmariadb finds on this machine. */
export const MACHINE: Shared<Machine> = { name: "libmariadb's files", create: () => new Machine() };

const MYSQL_LOGINS = sharedLogins("MySQL");

/** The worker's connections to MariaDB and MySQL. */
export const MYSQL_POOL: Shared<SessionPool<Target, Session>> = sharedPool(
  "MySQL",
  MYSQL_LOGINS,
  (shared) =>
    (target, { clock, signal }) =>
      connect(target, {
        resolver: shared(RESOLVER),
        contexts: shared(TLS_CONTEXTS),
        foreign: shared(FOREIGN_LOGINS),
        clock,
        signal,
      }),
);

import { RESOLVER, type Shared } from "../../../sdk/index.ts";
import { type SessionPool, sharedLogins, sharedPool } from "../../transport/databases/session-pool.ts";
import { TLS_CONTEXTS } from "../../transport/tls-contexts.ts";
import { Machine } from "../libpq/machine.ts";
import type { Target } from "../libpq/target.ts";
import { connect } from "./connect.ts";
import type { Session } from "./session.ts";

/** What libpq finds on this machine. */
export const MACHINE: Shared<Machine> = { name: "libpq's files", create: () => new Machine() };

/** A login hashes the password some thousand times, in a thread. */
const PGSQL_LOGINS = sharedLogins("PostgreSQL");

/** The worker's connections to PostgreSQL. */
export const PGSQL_POOL: Shared<SessionPool<Target, Session>> = sharedPool(
  "PostgreSQL",
  PGSQL_LOGINS,
  (shared) =>
    (target, { clock, signal, onBegun }) =>
      connect(target, {
        resolver: shared(RESOLVER),
        contexts: shared(TLS_CONTEXTS),
        machine: shared(MACHINE),
        clock,
        signal,
        onBegun,
      }),
);

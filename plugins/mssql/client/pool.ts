import { RESOLVER, type Shared } from "../../../sdk/index.ts";
import {
  type Lease,
  type SessionContext,
  type SessionPool,
  sharedLogins,
  sharedPool,
} from "../../transport/databases/session-pool.ts";
import { connect } from "./connect.ts";
import type { Session } from "./driver.ts";
import type { Login } from "./login.ts";

/** A login takes some milliseconds of the event loop: it makes a TLS handshake. */
const MSSQL_LOGINS = sharedLogins("SQL Server");

/** The worker's connections to SQL Server. */
export const MSSQL_POOL: Shared<SessionPool<Login, Session>> = sharedPool(
  "SQL Server",
  MSSQL_LOGINS,
  (shared) =>
    (login, { clock, signal }) =>
      connect(login, { clock, signal, resolver: shared(RESOLVER) }),
);

/** Waits for its turn to log in, and gives a connection. The wait is not the server's time. */
export async function logIn(
  pool: Pick<SessionPool<Login, Session>, "enter" | "take">,
  login: Login,
  context: SessionContext,
): Promise<Lease<Session>> {
  using _place = await pool.enter(login, context.deadline);
  context.clock.skip();
  return await pool.take(login, context);
}

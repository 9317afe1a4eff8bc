import type { Resolver } from "../../../sdk/index.ts";
import { dial } from "../../transport/dial.ts";
import type { TargetClock } from "../../transport/timing.ts";
import { findInstance } from "./browser.ts";
import { LoginFailed, Session } from "./driver.ts";
import type { Login } from "./login.ts";

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
}

/**
 * Connects and logs in. A server without encryption gets a second connection without it, if the login takes
 * any certificate: it is no less safe then. Rejects with a DialError, a LoginFailed or a CheckFailure.
 */
export async function connect(login: Login, context: ConnectContext): Promise<Session> {
  const { host, instance } = login;
  const port = instance === undefined ? login.port : await findInstance(host, instance, context);
  try {
    return await logIn({ ...login, port }, context);
  } catch (error) {
    const hasNoEncryption = error instanceof LoginFailed && error.code === "EENCRYPT";
    if (!hasNoEncryption || login.encrypt !== true || !login.isTrusting) throw error;
    return await logIn({ ...login, port, encrypt: false }, context);
  }
}

async function logIn(login: Login, context: ConnectContext): Promise<Session> {
  const { clock, signal } = context;
  const socket = await dial({ host: login.host, port: login.port }, context);
  clock.tick();
  const session = await Session.open(login, socket, signal);
  clock.tick();
  return session;
}

import { UNKNOWN } from "../../../sdk/index.ts";
import { toFixed, toInteger, toNumber } from "../glplugin/perl.ts";
import { type ModeContext, required } from "./context.ts";

export async function connectionTime({ request, result, connectSeconds }: ModeContext): Promise<void> {
  result.thresholds.set({ warning: "1", critical: "5" });
  const text = `${toFixed(connectSeconds, 2)} seconds to connect as ${request.username}`;
  result.add(result.thresholds.check(connectSeconds), text);
  result.addPerfdata({ label: "connection_time", value: connectSeconds });
}

/** Those of users have a number from 51 on. */
const CONNECTED = "SELECT COUNT(*) FROM master..sysprocesses WHERE spid > 50";

export async function connectedUsers({ questions, result }: ModeContext): Promise<void> {
  const [count] = await questions.row(CONNECTED);
  if (count === undefined || count === null) {
    result.add(UNKNOWN, "unable to count connected users");
    return;
  }
  result.thresholds.set({ warning: "50", critical: "80" });
  result.add(result.thresholds.check(toNumber(count)), `${toInteger(count)} connected users`);
  result.addPerfdata({ label: "connected_users", value: count });
}

const UPTIME =
  "SELECT CONVERT(varchar(30), sqlserver_start_time, 127), DATEDIFF(second, sqlserver_start_time, GETDATE()) FROM sys.dm_os_sys_info";

export async function uptime({ questions, result }: ModeContext): Promise<void> {
  const [since, seconds] = await questions.row(UPTIME);
  const value = required(seconds);
  result.thresholds.set({ warning: "900:", critical: "300:" }, "uptime");
  const state = result.thresholds.check(toNumber(value), "uptime");
  result.add(state, `instance started at ${required(since)}`);
  result.addPerfdata({ label: "uptime", value });
}

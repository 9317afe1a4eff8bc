import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFolder } from "../folder.ts";
import { freePort } from "../free-port.ts";
import { canConnect, endDaemon, spawnDaemon, untilReady } from "./daemon.ts";

/** A real OpenSMTPD on 127.0.0.1 that takes no mail. */
export interface Smtpd extends AsyncDisposable {
  readonly port: number;
}

/** Starts it. Only root may: it changes its user and its root folder. */
export async function startSmtpd(): Promise<Smtpd> {
  const folder = createFolder();
  const port = await freePort();
  const config = join(folder.path, "smtpd.conf");
  const rules = [
    `listen on 127.0.0.1 port ${port} hostname mail.example`,
    "match from any for any reject",
    "",
  ];
  writeFileSync(config, rules.join("\n"));
  const child = spawnDaemon("smtpd", ["-d", "-f", config], { stdio: "ignore", atExit: "SIGTERM" });
  await untilReady(child, () => canConnect(port));
  return {
    port,
    async [Symbol.asyncDispose]() {
      await endDaemon(child, "SIGTERM");
      folder[Symbol.dispose]();
    },
  };
}

import { sendMessage } from "execa";
import { STORM_SERVERS } from "./storm-servers.ts";

/* A server that stands a storm, named by the only argument. It tells its values, and ends with its parent. */

const start = STORM_SERVERS[process.argv[2] ?? ""];
if (start === undefined) throw new Error(`no server is called ${process.argv[2]}`);
process.once("disconnect", () => process.exit());
await sendMessage({ ...(await start()) });

#!/usr/bin/env node
import { refuseOldNode } from "./node-version.ts";

refuseOldNode();
const { main } = await import("./main.ts");

/**
 * The C worker's name, for service units and scripts that call it, whatever a link to this file is called.
 */
process.exit(await main("mod_gearman_worker", process.argv.slice(2)));

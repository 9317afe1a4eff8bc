#!/usr/bin/env node
import { refuseOldNode } from "./node-version.ts";
import { nameProcess } from "./process-title.ts";

refuseOldNode();
const { main } = await import("./main.ts");
/** The C worker's name, for units and scripts that call it, whatever a link to this file is called. */
const NAME = "mod_gearman_worker";
const argv = process.argv.slice(2);
nameProcess(NAME, argv);

process.exit(await main(NAME, argv));

#!/usr/bin/env node
import { refuseOldNode } from "./node-version.ts";
import { nameProcess } from "./process-title.ts";

refuseOldNode();
const { main } = await import("./main.ts");
const NAME = "check_gearman";
const argv = process.argv.slice(2);
nameProcess(NAME, argv);

process.exit(await main(NAME, argv));

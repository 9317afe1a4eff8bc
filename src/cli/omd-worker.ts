#!/usr/bin/env node
import { asPlugin } from "./as-plugin.ts";
import { refuseOldNode } from "./node-version.ts";

refuseOldNode();
const { main } = await import("./main.ts");
const [, path = "", ...argv] = process.argv;

process.exit(await main("omd-worker", asPlugin(path, argv, process.env) ?? argv));

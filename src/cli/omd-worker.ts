#!/usr/bin/env node
import { basename } from "node:path";
import { refuseOldNode } from "./node-version.ts";
import { nameProcess } from "./process-title.ts";

refuseOldNode();
const { main } = await import("./main.ts");
const [, path = "", ...argv] = process.argv;
nameProcess(basename(path).replace(/\.[jt]s$/, ""), argv);

process.exit(await main(path, argv));

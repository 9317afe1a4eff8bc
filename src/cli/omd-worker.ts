#!/usr/bin/env node
import { refuseOldNode } from "./node-version.ts";

refuseOldNode();
const { main } = await import("./main.ts");
const [, path = "", ...argv] = process.argv;

process.exit(await main(path, argv));

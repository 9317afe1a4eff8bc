#!/usr/bin/env node
import { asPlugin } from "./as-plugin.ts";
import { main } from "./main.ts";

const [, path = "", ...argv] = process.argv;

process.exit(await main("omd-worker", asPlugin(path, argv, process.env) ?? argv));

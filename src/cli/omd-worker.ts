#!/usr/bin/env node
import { main } from "./main.ts";

process.exit(await main("omd-worker", process.argv.slice(2)));

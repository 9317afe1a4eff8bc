import { WORKER_TABLE } from "../../worker-conf.ts";
import type { TableOptions } from "../manual.ts";

/** For commands that take the options of worker.conf. */
export const WORKER_OPTIONS: TableOptions = { kind: "worker.conf", groups: WORKER_TABLE.groups };

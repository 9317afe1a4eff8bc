import type { Target } from "../engine/target.ts";
import { CLIENT_FILES } from "./files/clients.ts";
import { CONFIGURATIONS } from "./files/config.ts";
import { SITE_FILES } from "./files/site.ts";
import { DATABASE_ANSWERS } from "./protocol/database-answers.ts";
import { FRAMES } from "./protocol/frames.ts";
import { GEARMAN } from "./protocol/gearman.ts";
import { JOBS } from "./protocol/job.ts";
import { PAYLOADS } from "./protocol/payload.ts";
import { CHECKED_SERVERS } from "./servers/checks.ts";
import { DATABASE_SERVERS } from "./servers/databases.ts";
import { DNS_SERVER } from "./servers/dns.ts";
import { GITLAB } from "./servers/gitlab.ts";
import { JOB_SERVERS } from "./servers/job-servers.ts";
import { MONITORING_SERVERS } from "./servers/monitoring.ts";
import { MSSQL_SERVER } from "./servers/mssql.ts";
import { SNMP_SERVER } from "./servers/snmp.ts";
import { TLS_SERVERS } from "./servers/tls.ts";
import { WORKER_SOCKETS } from "./servers/worker-sockets.ts";
import { ZULIP } from "./servers/zulip.ts";
import { ANSWERS } from "./text/answers.ts";
import { COMMAND_LINES } from "./text/command-line.ts";
import { PERFDATA_TARGETS } from "./text/perfdata.ts";

/** Everything that reads bytes of others. */
export const TARGETS: readonly Target[] = [
  ...GEARMAN,
  ...PAYLOADS,
  ...JOBS,
  ...COMMAND_LINES,
  ...CONFIGURATIONS,
  ...SITE_FILES,
  ...CLIENT_FILES,
  ...ANSWERS,
  ...DATABASE_ANSWERS,
  ...FRAMES,
  ...JOB_SERVERS,
  ...WORKER_SOCKETS,
  ...CHECKED_SERVERS,
  ...DATABASE_SERVERS,
  MSSQL_SERVER,
  SNMP_SERVER,
  DNS_SERVER,
  ...TLS_SERVERS,
  ...MONITORING_SERVERS,
  GITLAB,
  ...PERFDATA_TARGETS,
  ...ZULIP,
];

import { statfsSync } from "node:fs";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { fromByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, type Problem, renderProblem } from "../../config/problem.ts";
import { controlName } from "../../control/address.ts";
import { askWorker, ControlFailure } from "../../control/client.ts";
import { exitCodeOf, type Finding, fine } from "../../doctor/finding.ts";
import { examineMachine, readMachineFacts } from "../../doctor/machine.ts";
import { examineQueueRights, type QueueRightsFacts } from "../../doctor/queue-rights.ts";
import { examineRecent, type RecentFacts } from "../../doctor/recent.ts";
import { examineSecretFiles } from "../../doctor/secret-files.ts";
import { examineServers } from "../../doctor/servers.ts";
import { examineSpool, type SpoolFacts } from "../../doctor/spool.ts";
import { missingCapabilities } from "../../executor/confinement/capabilities.ts";
import { createLog } from "../../log.ts";
import { whyUnusable } from "../../result/spool/folder.ts";
import { examineConfinements, renderSubject } from "../../run/confinements.ts";
import type { WorkerStatus } from "../../worker/worker-status.ts";
import { type CommandResult, wrongCall } from "../command.ts";
import { inspectConfig } from "../config/inspect.ts";
import type { Io } from "../io.ts";
import { loadWorkerConf } from "../worker-conf.ts";

/** Exit codes: 0 if all is fine, 1 for warnings, 2 for errors. */
export async function doctorCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const options = argv.filter((word) => word !== "--json");
  const findings = await examine(options, io);
  if (findings === undefined) return wrongCall();
  io.stdout(
    options.length < argv.length
      ? `${JSON.stringify(findings, undefined, 2)}\n`
      : findings.map((finding) => `${renderFinding(finding)}\n`).join(""),
  );
  return exitCodeOf(findings);
}

async function examine(options: readonly string[], io: Io): Promise<readonly Finding[] | undefined> {
  try {
    const loaded = loadWorkerConf(options, io);
    if (loaded.wants !== "run") return undefined;
    const problems = [...loaded.warnings, ...(await inspectConfig(loaded))];
    const log = createLog({ debug: -1, file: undefined, toStderr: true, format: "text" });
    const whyNoPings = BUILTIN_CHECKS.find(({ name }) => name === "check_icmp")?.whyNotHere?.();
    return [
      ...(problems.length === 0 ? [configIsFine(loaded.config)] : problems.map(readProblem)),
      ...(await examineServers(loaded.config, log)),
      ...examineSecretFiles(loaded.config, loaded.origins),
      ...examineSpool(readSpoolFacts(loaded.config)),
      ...examineQueueRights(readQueueRights(loaded.config), missingCapabilities().length === 0),
      ...examineMachine(readMachineFacts(whyNoPings), loaded.config),
      ...examineRecent(await askRecent(loaded.config.identifier)),
    ];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(readProblem);
    throw error;
  }
}

function readQueueRights(config: Config): readonly QueueRightsFacts[] {
  return examineConfinements(config).map(({ queue, rights, problem }) => ({
    subject: renderSubject(queue, rights),
    problem,
  }));
}

function readSpoolFacts({ resultSpool: folder, resultSpoolMaxSize }: Config): SpoolFacts | undefined {
  if (folder === undefined) return undefined;
  const wanted = resultSpoolMaxSize * 1024 * 1024;
  return { folder, problem: whyUnusable(folder), free: freeBytes(folder), wanted };
}

/** Undefined: the folder is not there yet. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** Undefined: no worker of this name can be asked. */
async function askRecent(identifier: string): Promise<RecentFacts | undefined> {
  try {
    const status = await askWorker({ name: controlName(identifier), command: "status" });
    return (status as WorkerStatus).recent;
  } catch (error) {
    if (error instanceof ControlFailure) return undefined;
    throw error;
  }
}

function configIsFine({ stage }: Config): Finding {
  const of = stage === undefined ? "" : ` of the stage ${fromByteString(stage)}`;
  return fine("config", `the configuration${of} is right`);
}

function readProblem(problem: Problem): Finding {
  const { severity, hint, ...rest } = problem;
  const text = renderProblem({ ...rest, severity: "error" });
  return { about: "config", severity, text, ...(hint !== undefined && { advice: hint }) };
}

function renderFinding({ about, severity, text, advice }: Finding): string {
  const line = `${severity.padEnd(7)} ${about.padEnd(6)} ${text}`;
  return advice === undefined ? line : `${line}: ${advice}`;
}

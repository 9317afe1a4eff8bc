import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import { renderOrigin } from "../reporting/report.ts";
import { keepFigures, publishFigures } from "../reporting/saved-run.ts";
import { describeMachine } from "../reporting/versions.ts";
import { builtWorker, programOf, sourceWorker } from "../workers/worker.ts";
import { Crew } from "./crew.ts";
import { CROWD_HELP, type CrowdArguments, readCrowdArguments } from "./options.ts";
import { type PhaseRow, runPhase } from "./phases.ts";
import { type Beginning, renderCrowd } from "./report.ts";

interface CrowdRun {
  readonly beginning: Beginning;
  readonly rows: readonly PhaseRow[];
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

const options = readCrowdArguments(process.argv.slice(2));
if (options === undefined) console.log(CROWD_HELP);
else process.exitCode = (await crowd(options)) ? 0 : 1;

/** Returns true when each job had exactly one result. */
async function crowd(options: CrowdArguments): Promise<boolean> {
  const { beginning, rows } = await runCrowd(options);
  const report = { scenario: "crowd", date: new Date().toISOString(), machine: await describeMachine() };
  console.log(`${renderOrigin(report)}. ${renderCrowd(beginning, rows)}`);
  const save = options.publish ? publishFigures : keepFigures;
  const { batch, gearmand } = options;
  for (const file of save({ ...report, gearmand, batch, beginning, rows })) console.error(file);
  return rows.every(({ wrong }) => wrong === 0);
}

async function runCrowd(options: CrowdArguments): Promise<CrowdRun> {
  const { workers, batch, gearmand: args, phases, fromSource } = options;
  const { signal } = stop;
  const program = programOf(fromSource ? sourceWorker() : await builtWorker());
  await using cleanup = new AsyncDisposableStack();
  const [gearmand, second] = await Promise.all([startGearmand({ args }), startGearmand({ args })]);
  cleanup.defer(() => gearmand.kill9());
  cleanup.defer(() => second.kill9());
  const template = [
    ...program,
    ...["--server=127.0.0.1:{port}", `--server=127.0.0.1:${second.port}`, "--services=yes"],
    ...["--encryption=no", "--identifier={name}", "--min-worker=5", "--max-worker=5"],
    ...["--native_checks=on", "--control_socket=no"],
  ];
  const crew = cleanup.use(new Crew({ size: workers, template, port: gearmand.port, batch }));
  const startMs = performance.now();
  await crew.start(signal);
  const beginning = { workers, seconds: (performance.now() - startMs) / 1000, pssMiB: crew.pssMiB };
  console.error(renderCrowd(beginning, []));
  const rows: PhaseRow[] = [];
  const scene = { ...options, crew, gearmand, second, signal };
  for (const name of phases) {
    const found = await runPhase(name, scene);
    console.error(renderCrowd(beginning, found).split("\n").slice(4).join("\n"));
    rows.push(...found);
  }
  return { beginning, rows };
}

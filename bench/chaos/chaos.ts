import { describeMachine, withoutFolders } from "../reporting/versions.ts";
import { HELP, readChaosArguments } from "./options.ts";
import { ownTemplate } from "./own-worker.ts";
import { type ReportedRun, renderChaos } from "./report.ts";
import { runChaos } from "./run.ts";
import { isSound } from "./verdict.ts";

const options = readChaosArguments(process.argv.slice(2));
if (options === undefined) console.log(HELP);
else {
  const { peers, withoutOwn, fromSource, seed, seconds, jobs, keep } = options;
  const own = withoutOwn ? [] : [await ownTemplate(fromSource)];
  const runs: ReportedRun[] = [];
  console.error(`--seed ${seed} --minutes ${seconds / 60} --jobs ${jobs}`);
  for (const { name, template } of [...own, ...peers]) {
    console.error(`${name}: ${template.map(withoutFolders).join(" ")}`);
    const tell = (line: string) => console.error(`  ${line}`);
    const run = await runChaos({ template, seed, seconds, jobs, keep, tell });
    runs.push({ worker: name, run });
    console.error(renderChaos(runs.slice(-1)));
  }
  const { cpu, cores, kernel, node, gearmand } = await describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  console.log(
    `${date}, ${cores} cores of ${cpu}, Linux ${kernel}, Node.js ${node}, ${gearmand}, seed ${seed}\n`,
  );
  console.log(renderChaos(runs));
  const isOwnSound = withoutOwn || (runs[0] !== undefined && isSound(runs[0].run));
  process.exitCode = isOwnSound ? 0 : 1;
}

import { createPki, GEARMAND_TLS } from "../../test/support/gearman/tls-gearmand.ts";
import { renderOrigin } from "../reporting/report.ts";
import { keepFigures, publishFigures } from "../reporting/saved-run.ts";
import { describeMachine, withoutFolders } from "../reporting/versions.ts";
import { type ChaosArguments, HELP, readChaosArguments } from "./options.ts";
import { type ReportedRun, renderChaos } from "./report.ts";
import { runChaos } from "./run.ts";
import { ownProgram, ownVariant, peerVariant, type Variant } from "./variants.ts";
import { isSound } from "./verdict.ts";

const options = readChaosArguments(process.argv.slice(2));
if (options === undefined) console.log(HELP);
else process.exitCode = (await chaos(options)) ? 0 : 1;

/** Returns whether our own worker has lost nothing, and done nothing that it must not. */
async function chaos(options: ChaosArguments): Promise<boolean> {
  const { own, peers, fromSource, seed, seconds, jobs, publish } = options;
  if (own.includes("tls") && GEARMAND_TLS === undefined)
    throw new Error("--own tls: GEARMAND_TLS names no gearmand that was built with TLS");
  using pki = createPki();
  const program = own.length > 0 ? await ownProgram(fromSource) : [];
  const ours = own.map((name) => ownVariant(name, program, pki));
  console.error(`--seed ${seed} --minutes ${seconds / 60} --jobs ${jobs}`);
  const runs: ReportedRun[] = [];
  for (const variant of [...ours, ...peers.map(peerVariant)]) {
    runs.push(await runVariant(variant, options));
    console.error(renderChaos(runs.slice(-1)));
  }
  const report = { scenario: "chaos", date: new Date().toISOString(), machine: await describeMachine() };
  console.log(`${renderOrigin(report)}, seed ${seed}\n\n${renderChaos(runs)}`);
  const save = publish ? publishFigures : keepFigures;
  for (const file of save({ ...report, seed, seconds, jobs, runs })) console.error(file);
  return runs.slice(0, ours.length).every(({ run }) => isSound(run));
}

async function runVariant({ name, template, protection }: Variant, options: ChaosArguments) {
  console.error(`${name}: ${template.map(withoutFolders).join(" ")}`);
  const tell = (line: string) => console.error(`  ${line}`);
  const run = await runChaos({ ...options, template, protection, tell });
  return { worker: name, run };
}

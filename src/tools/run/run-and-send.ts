import type { RunAndSendConfig } from "../../config/tools/run-and-send-table.ts";
import { Delivery, type SealedResult } from "../send/delivery.ts";
import { SendError } from "../send/sender.ts";
import { encodeSentResult } from "../send/sent-result.ts";
import type { ToolIo } from "../tool-io.ts";
import { HeldSignals } from "./held-signals.ts";
import { judgeRun, type RunJudgement } from "./judge-run.ts";
import { readMemoryKills } from "./memory-kills.ts";
import { type Ran, runCommand } from "./run-command.ts";
import { dropSpooled, readSpool, type Spooled, spool } from "./spool.ts";

/** The command's words, and the environment it gets. */
export interface CommandToRun {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Delivered = "delivered" | "spooled" | "lost";

const EXIT_CODES: Readonly<Record<Delivered, number>> = { delivered: 0, spooled: 1, lost: 3 };

/** Runs the command and sends its result. Resolves to the exit code. */
export async function runAndSend(
  config: RunAndSendConfig,
  { command, env }: CommandToRun,
  io: ToolIo,
): Promise<number> {
  using signals = new HeldSignals();
  const killsBefore = readMemoryKills();
  const ran = await runCommand({
    command,
    env,
    signals,
    maxOutput: config.maxOutput,
    timeoutMs: config.timeout * 1000,
    onOutput: (to, chunk) => (to === "stdout" ? io.stdout(chunk) : io.stderr(chunk)),
  });
  const kills = readMemoryKills();
  const isOutOfMemory = kills === undefined || killsBefore === undefined ? undefined : kills > killsBefore;
  const judgement = judgeRun(ran, { ...config, isOutOfMemory });
  const delivered = await deliver(config, encode(config, ran, judgement), io);
  return config.exitCode === "command" ? judgement.exitCode : EXIT_CODES[delivered];
}

function encode({ host, service }: RunAndSendConfig, ran: Ran, { state, output }: RunJudgement): string {
  return encodeSentResult({
    isActive: false,
    hostName: host,
    serviceDescription: service,
    startTime: ran.startTime,
    finishTime: ran.finishTime,
    latency: 0,
    returnCode: state,
    source: "run-and-send",
    output,
  });
}

/** What waits in the spool goes first: the newest result of a service must be the last to come. */
async function deliver(config: RunAndSendConfig, text: string, io: ToolIo): Promise<Delivered> {
  const tell = (said: string) => io.stderr(`run-and-send: ${said}\n`);
  await using delivery = new Delivery(config, (said) => tell(said.trimEnd()));
  const waiting = findSpooled(config, tell);
  try {
    await delivery.sendSealed(waiting.map(({ sealed }) => sealed));
    await delivery.send([text]);
    await delivery.flush();
    dropSpooled(waiting);
    return "delivered";
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    dropSpooled(waiting.slice(0, delivery.delivered));
    tell(`the result was not sent: ${error.message}`);
    return keep(config, delivery.seal(text), tell);
  }
}

function findSpooled({ spool: folder }: RunAndSendConfig, tell: (said: string) => void): readonly Spooled[] {
  try {
    return folder === undefined ? [] : readSpool(folder);
  } catch (error) {
    tell(`the spool cannot be read: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

function keep(config: RunAndSendConfig, sealed: SealedResult, tell: (said: string) => void): Delivered {
  if (config.spool === undefined) return "lost";
  try {
    tell(`it waits in ${spool(config.spool, sealed)} for the next call`);
    return "spooled";
  } catch (error) {
    tell(`it cannot be kept: ${error instanceof Error ? error.message : error}`);
    return "lost";
  }
}

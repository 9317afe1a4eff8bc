import { ControlFailure } from "../../control/client.ts";
import type { ControlCommandName } from "../../control/commands.ts";
import type { ShadowReport } from "../../run/shadow.ts";
import type { ReloadResult } from "../../worker/process/reload.ts";
import type { WorkerStatus } from "../../worker/worker-status.ts";
import { type CliCommand, type CommandResult, wrongCall } from "../command.ts";
import { askWorker, findWorker } from "../control/find-worker.ts";
import { renderJobs } from "../control/render-jobs.ts";
import { renderShadow } from "../control/render-shadow.ts";
import { renderStatus } from "../control/render-status.ts";
import type { Io } from "../io.ts";
import { reportConfigError } from "../worker-conf.ts";

/** A command that asks a running worker. */
interface ControlRow {
  readonly asks: ControlCommandName;
  /** The words that it takes before options. */
  readonly words: readonly string[];
  readonly show: (result: never) => Shown;
}

/** What is printed, and the exit code if it is not 0. */
interface Shown {
  readonly text: string;
  /** Printed as JSON in place of the text. The default is what the worker has sent. */
  readonly json?: unknown;
  readonly exitCode?: number;
}

const CONTROL_ROWS = {
  status: {
    asks: "status",
    words: [],
    show: (status: WorkerStatus) => ({ text: renderStatus(status) }),
  },
  jobs: {
    asks: "status",
    words: [],
    show: ({ jobs: { inFlight } }: WorkerStatus) => ({ text: renderJobs(inFlight), json: inFlight }),
  },
  reload: {
    asks: "reload",
    words: [],
    show: showReload,
  },
  drain: {
    asks: "drain",
    words: [],
    show: showState,
  },
  resume: { asks: "resume", words: [], show: showState },
  "log-level": {
    asks: "log-level",
    words: ["LEVEL"],
    show: () => ({ text: "the level is set, until the next reload\n" }),
  },
  "shadow show": {
    asks: "shadow",
    words: [],
    show: (report: ShadowReport) => ({
      text: renderShadow(`${report.share} % of the jobs are compared.\n`, report),
    }),
  },
  "shadow set": {
    asks: "shadow-share",
    words: ["PERCENT|on|off"],
    show: ({ share }: { share: number }) => ({
      text: `${share} % of the jobs are compared, until the next reload\n`,
    }),
  },
} as const satisfies Readonly<Record<string, ControlRow>>;

export type ControlName = keyof typeof CONTROL_ROWS;

/** Exit codes: 0; 1 if no worker answers, or it has refused; 3 if the call is wrong. */
export function controlCommand(name: ControlName): CliCommand {
  const row: ControlRow = CONTROL_ROWS[name];
  return async (argv, io) => {
    const words = argv.slice(0, row.words.length);
    const isComplete = words.length === row.words.length && words.every((word) => /^[^-=][^=]*$/.test(word));
    if (!isComplete) return wrongCall();
    const options = argv.slice(words.length).filter((word) => word !== "--json");
    const asJson = options.length + words.length < argv.length;
    try {
      const worker = findWorker(options, io);
      if (worker === undefined) return wrongCall();
      const result = await askWorker({ name: worker, command: row.asks, args: words });
      return print(row.show(result as never), result, { asJson, io });
    } catch (error) {
      return report(error, io);
    }
  };
}

function print(shown: Shown, result: unknown, { asJson, io }: { asJson: boolean; io: Io }): number {
  io.stdout(asJson ? `${JSON.stringify(shown.json ?? result, undefined, 2)}\n` : shown.text);
  return shown.exitCode ?? 0;
}

function report(error: unknown, io: Io): CommandResult {
  if (error instanceof ControlFailure) {
    io.stderr(`${error.message}\n`);
    return 1;
  }
  reportConfigError(error, io);
  return 3;
}

function showReload(result: ReloadResult): Shown {
  if (result.kind === "failed") {
    const lines = ["the worker goes on with what it has read before", ...result.problems];
    return { text: lines.map((line) => `${line}\n`).join(""), exitCode: 1 };
  }
  const { live, reconnect, restart } = result.changed;
  const names = [...live, ...reconnect].join(", ") || "nothing";
  const later = restart.length === 0 ? "" : `these changes need a restart: ${restart.join(", ")}\n`;
  return { text: `changed: ${names}\n${later}` };
}

function showState({ isChanged, state }: { isChanged: boolean; state: WorkerStatus["state"] }): Shown {
  const text = isChanged ? `the worker is ${state}` : `nothing has changed: the worker is ${state}`;
  return { text: `${text}\n` };
}

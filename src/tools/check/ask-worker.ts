import type { ByteString } from "../../byte-string.ts";
import { BriefClient, type ClientOptions } from "../../gearman/brief/client.ts";
import { ServerError } from "../../gearman/brief/connection.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { State, Verdict } from "./judge-queues.ts";

export interface Question {
  /** In the order in which they are tried. */
  readonly servers: readonly ServerAddress[];
  readonly queue: ByteString;
  readonly unique: ByteString;
  readonly text: ByteString;
  readonly expected: ByteString | undefined;
  /** Wait for no answer. */
  readonly isAsync: boolean;
  /** For each server. */
  readonly timeoutMs: number;
}

/** An answer that can be printed as it is, or a verdict that `check_gearman STATE - ` is put before. */
export type Reply = Verdict & { readonly isWhole: boolean };

/** Sends a text to a queue. The worker's answer decides, or whether the text was taken. */
export async function askWorker(question: Question): Promise<Reply> {
  const reasons: string[] = [];
  for (const server of question.servers) {
    try {
      return await askAt(server, question);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      reasons.push(error.message);
    }
  }
  return failed(reasons.join("; "));
}

async function askAt(server: ServerAddress, question: Question): Promise<Reply> {
  const { queue, unique, text, isAsync, timeoutMs } = question;
  const accepted = Promise.withResolvers<void>();
  const options: ClientOptions = { server, timeoutMs, onAccepted: accepted.resolve, onLost: accepted.reject };
  accepted.promise.catch(() => {});
  const client = new BriefClient(options);
  await client.opened;
  const job = { queue, unique, workload: Buffer.from(text, "latin1"), priority: "high" } as const;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new ServerError(`no answer from queue '${queue}' within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    if (isAsync) {
      client.submit(job);
      await Promise.race([accepted.promise, late.promise]);
      return ok("sending background job succeded");
    }
    const answer = await Promise.race([client.request(job), late.promise]);
    return answer.kind === "failed"
      ? failed("the worker could not do it")
      : judgeAnswer(answer.data, question);
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

/** The C worker fills its answer with NULs. */
function judgeAnswer(data: Buffer, { text, expected }: Question): Reply {
  const [answer = ""] = data.toString("latin1").split("\0", 1);
  if (expected !== undefined)
    return answer.includes(expected)
      ? ok(`send worker '${text}' response: '${answer}'`)
      : {
          state: 2,
          isWhole: false,
          text: `send worker: '${text}' response: '${answer}', expected '${expected}'`,
        };
  const [, code, rest] = /^(\d):(.*)$/s.exec(answer) ?? [];
  if (code !== undefined && rest !== undefined)
    return { state: Number(code) as State, isWhole: true, text: rest };
  return ok(answer);
}

function ok(text: ByteString): Reply {
  return { state: 0, isWhole: false, text };
}

function failed(reason: string): Reply {
  return { state: 2, isWhole: false, text: `job failed: ${reason}` };
}

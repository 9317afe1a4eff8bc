import { CheckFailure, CRITICAL, type State } from "../../sdk/index.ts";
import { stopwatch } from "../transport/timing.ts";
import type { Connected } from "./connect.ts";
import type { Ending, HttpConnection } from "./connection.ts";
import { type HttpPage, readPage } from "./page.ts";
import type { PageBudget } from "./page-budget.ts";
import type { Reception } from "./reception.ts";

/** How long each step took, in seconds. */
export interface StepTimes {
  readonly connect: number;
  readonly tls: number;
  readonly headers: number;
  readonly firstByte: number;
  readonly transfer: number;
}

/** A page that has come. */
export interface ReceivedPage {
  readonly kind: "page";
  readonly page: HttpPage;
  /** The state of what came before the page: the server's certificate, or OK. */
  readonly state: State;
  readonly times: StepTimes;
}

/** How a request ended. */
export interface RequestOutcome {
  readonly ending: Ending;
  /** Seconds it took to send. */
  readonly headers: number;
}

export interface AskContext {
  readonly pages: PageBudget;
  /** The signal of the check. */
  readonly signal: AbortSignal;
}

/** Sends a request, and waits until the answer is in the reception. */
export async function ask(
  connection: HttpConnection,
  { request, reception }: { readonly request: string; readonly reception: Reception },
  { pages, signal }: AskContext,
): Promise<RequestOutcome> {
  const { clock } = reception;
  using share = pages.begin({ connection, signal, clock });
  reception.whenGrown((bytes) => share.add(bytes));
  const sent = stopwatch(clock);
  const answered = connection.ask(request, reception);
  const headers = sent();
  return { ending: await answered, headers };
}

/** Makes a page of the answer. Throws a CheckFailure if there is none. */
export function readAnswer(
  reception: Reception,
  { ending, headers }: RequestOutcome,
  { times, state }: Pick<ReceivedPage, "state"> & Pick<Connected, "times">,
): ReceivedPage {
  if (ending === "broken") throw new CheckFailure("HTTP CRITICAL - Error on receive\n", CRITICAL);
  const { text, afterText, size, isCut, ...received } = reception.finish();
  if (size === 0) throw new CheckFailure("HTTP CRITICAL - No data received from host\n", CRITICAL);
  const message = readPage(text, afterText);
  const page = { ...message, size, isCut: isCut || message.isCut };
  return { kind: "page", page, state, times: { ...times, headers, ...received } };
}

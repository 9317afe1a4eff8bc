import { CheckFailure, CRITICAL, type State } from "../../sdk/index.ts";
import { stopwatch } from "../transport/timing.ts";
import type { Connected } from "./connect.ts";
import type { Ending, HttpConnection } from "./connection.ts";
import { type HttpPage, readPage } from "./page.ts";
import type { Reception } from "./reception.ts";

/** Seconds of each step. */
export interface Times {
  readonly connect: number;
  readonly tls: number;
  readonly headers: number;
  readonly firstByte: number;
  readonly transfer: number;
}

export interface MetPage {
  readonly kind: "page";
  readonly page: HttpPage;
  /** By what came before the page. */
  readonly state: State;
  readonly times: Times;
}

/** How a question ended, and how long it took to be put. */
export interface Asked {
  readonly ending: Ending;
  readonly headers: number;
}

export async function ask(connection: HttpConnection, request: string, reception: Reception): Promise<Asked> {
  const sent = stopwatch();
  const answered = connection.ask(request, reception);
  const headers = sent();
  return { ending: await answered, headers };
}

/** Throws a CheckFailure where there is no page. */
export function readAnswer(
  reception: Reception,
  { ending, headers }: Asked,
  { times, state }: Pick<MetPage, "state"> & Pick<Connected, "times">,
): MetPage {
  if (ending === "broken") throw new CheckFailure("HTTP CRITICAL - Error on receive\n", CRITICAL);
  const { text, behind, size, isCut, ...received } = reception.finish();
  if (size === 0) throw new CheckFailure("HTTP CRITICAL - No data received from host\n", CRITICAL);
  const message = readPage(text, behind);
  const page = { ...message, size, isCut: isCut || message.isCut };
  return { kind: "page", page, state, times: { ...times, headers, ...received } };
}

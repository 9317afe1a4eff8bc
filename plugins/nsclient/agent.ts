import { CRITICAL, type Resolver, UNKNOWN, WARNING } from "../../sdk/index.ts";
import { DialError, dial } from "../transport/dial.ts";
import { StreamPeer } from "../transport/peer.ts";
import type { NtRequest } from "./options.ts";

/** The plugin ends here, from any depth, with this text. */
export class Ended extends Error {
  override readonly name = "Ended";
  readonly returnCode: number;
  readonly text: string;

  constructor(returnCode: number, text: string) {
    super(text);
    this.returnCode = returnCode;
    this.text = text;
  }
}

export const NOT_FETCHED = "could not fetch information from server\n";

/** Asks the agent. `details` is what follows the number of the question. */
export type Ask = (number: number, details?: string) => Promise<string>;

export interface AgentContext {
  readonly resolver: Resolver;
  /** The connection is closed when this is aborted. */
  readonly signal: AbortSignal;
}

/** Each question has a connection of its own. Throws an `Ended` if there is no answer. */
export function createAsk(request: NtRequest, context: AgentContext): Ask {
  return async (number, details) => {
    const question = [request.secret, number, ...(details === undefined ? [] : [details])].join("&");
    const answer = await fetchAnswer(question, request, context);
    const [text = ""] = answer.split("\0", 1);
    if (text.startsWith("ERROR")) throw new Ended(UNKNOWN, `NSClient - ${text}\n`);
    return text;
  };
}

async function fetchAnswer(question: string, request: NtRequest, context: AgentContext): Promise<string> {
  const socket = await dial(request, context).catch((error: unknown) => {
    if (!(error instanceof DialError)) throw error;
    throw new Ended(CRITICAL, `${error.message}\n${NOT_FETCHED}`);
  });
  using peer = new StreamPeer(socket);
  peer.send(question);
  if (!(await peer.select(request.timeout - 1))) {
    throw new Ended(WARNING, `No data was received from host!\n${NOT_FETCHED}`);
  }
  const answer = await peer.receive(MAX_ANSWER);
  if (answer === "" && socket.errored !== null) throw new Ended(WARNING, NOT_FETCHED);
  return answer;
}

/** The plugin's buffer, without the NUL at its end. It reads once, so an answer is what comes first. */
const MAX_ANSWER = 8191;

/** C's strtok with `&`: the parts that are not empty. */
export function splitAnswer(text: string): readonly string[] {
  return text.split("&").filter((part) => part !== "");
}

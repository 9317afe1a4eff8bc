import type { Target } from "../backend.ts";
import { ChannelError } from "../channel.ts";
import { at, numberOf, textOf } from "../json.ts";
import type { RestReply } from "../rest-client.ts";
import {
  assertAllowed,
  createThrukClient,
  describeReply,
  pathOf,
  type ThrukOptions,
} from "../thruk-client.ts";
import { type ChangeReader, MAX_ANSWER, type Mark, overAt, type Standing } from "./change-reader.ts";

/** Columns that Thruk always knows. For another one it would ask cores for all that there are. */
const SIGNATURE = "host_name,service_description,author,comment,entry_time";
const COMMENTS = `/comments?entry_type=4&columns=${SIGNATURE},expires,expire_time`;
const DOWNTIMES = `/downtimes?columns=${SIGNATURE},start_time,end_time,fixed,duration`;

/** Reads acknowledgements and downtimes by Thruk's REST API. */
export function createThrukChangeReader(options: ThrukOptions): ChangeReader {
  const client = createThrukClient(options);
  const ask = async (path: string, signal: AbortSignal): Promise<RestReply> => {
    const limits = { reads: true, signal, maxBody: MAX_ANSWER } as const;
    const reply = await client.request({ method: "GET", path, ...limits });
    assertAllowed(reply);
    return reply;
  };
  const rows = async (path: string, signal: AbortSignal): Promise<readonly unknown[]> => {
    const reply = await ask(path, signal);
    if (reply.status === 200 && Array.isArray(reply.body)) return reply.body;
    throw new ChannelError("unavailable", describeReply(reply, " and no list"));
  };
  return {
    acknowledgements: async (signal) => (await rows(COMMENTS, signal)).map(readComment),
    downtimes: async (signal) => (await rows(DOWNTIMES, signal)).map(readDowntime),
    standing: async (target, signal) => {
      const well = wellColumn(target);
      const columns = `columns=state,acknowledged,${well}`;
      const { body } = await ask(`${pathOf(target)}?${columns}`, signal);
      const [row] = Array.isArray(body) ? body : [body];
      return at(row, "state") === undefined ? undefined : readStanding(row, well);
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function wellColumn({ service }: Target): string {
  return service === undefined ? "last_time_up" : "last_time_ok";
}

function readComment(row: unknown): Mark {
  const end = numberOf(at(row, "expires")) > 0 ? numberOf(at(row, "expire_time")) : 0;
  return { ...readSignature(row), endsAt: end > 0 ? end : undefined };
}

function readDowntime(row: unknown): Mark {
  const [startsAt, endsAt] = [numberOf(at(row, "start_time")), numberOf(at(row, "end_time"))];
  const isFixed = numberOf(at(row, "fixed")) !== 0;
  const duration = numberOf(at(row, "duration"));
  return { ...readSignature(row), endsAt, overAt: overAt({ startsAt, endsAt, isFixed, duration }) };
}

function readSignature(row: unknown) {
  const service = textOf(at(row, "service_description"));
  return {
    target: { host: textOf(at(row, "host_name")), service: service === "" ? undefined : service },
    author: textOf(at(row, "author")),
    comment: textOf(at(row, "comment")),
    enteredAt: numberOf(at(row, "entry_time")),
  };
}

function readStanding(row: unknown, well: string): Standing {
  return {
    isWell: numberOf(at(row, "state")) === 0,
    isAcknowledged: numberOf(at(row, "acknowledged")) > 0,
    wellAt: numberOf(at(row, well)),
  };
}

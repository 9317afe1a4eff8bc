import type { Target } from "../backend.ts";
import { numberOf, textOf } from "../json.ts";
import {
  filterValue,
  type LivestatusAddress,
  type LivestatusOptions,
  queryLivestatus,
} from "../livestatus/livestatus.ts";
import { type ChangeReader, MAX_ANSWER, type Mark, overAt, type Standing } from "./change-reader.ts";

const COMMENTS = [
  "GET comments",
  "Columns: host_name service_description author comment entry_time expires expire_time",
  "Filter: entry_type = 4",
];
const DOWNTIMES = [
  "GET downtimes",
  "Columns: host_name service_description author comment entry_time start_time end_time fixed duration",
];

/** Reads acknowledgements and downtimes by livestatus. */
export function createLivestatusChangeReader(address: LivestatusAddress): ChangeReader {
  const options = (signal: AbortSignal): LivestatusOptions => ({ address, signal, maxAnswer: MAX_ANSWER });
  return {
    acknowledgements: async (signal) => (await queryLivestatus(options(signal), COMMENTS)).map(readComment),
    downtimes: async (signal) => (await queryLivestatus(options(signal), DOWNTIMES)).map(readDowntime),
    standing: async (target, signal) => {
      const [row] = await queryLivestatus(options(signal), standingQuery(target));
      return row && readStanding(row);
    },
    [Symbol.dispose]() {},
  };
}

function standingQuery({ host, service }: Target): readonly string[] {
  if (service === undefined)
    return ["GET hosts", `Filter: name = ${filterValue(host)}`, "Columns: state acknowledged last_time_up"];
  return [
    ...["GET services", `Filter: host_name = ${filterValue(host)}`],
    ...[`Filter: description = ${filterValue(service)}`, "Columns: state acknowledged last_time_ok"],
  ];
}

function readComment(row: readonly unknown[]): Mark {
  const [, , , , , expires, expireTime] = row;
  const end = numberOf(expires) > 0 ? numberOf(expireTime) : 0;
  return { ...readSignature(row), endsAt: end > 0 ? end : undefined };
}

function readDowntime(row: readonly unknown[]): Mark {
  const [startsAt = 0, endsAt = 0, fixed = 1, duration = 0] = row.slice(5).map(numberOf);
  return {
    ...readSignature(row),
    endsAt,
    overAt: overAt({ startsAt, endsAt, isFixed: fixed !== 0, duration }),
  };
}

function readSignature([host, service, author, comment, enteredAt]: readonly unknown[]) {
  const name = textOf(service);
  return {
    target: { host: textOf(host), service: name === "" ? undefined : name },
    author: textOf(author),
    comment: textOf(comment),
    enteredAt: numberOf(enteredAt),
  };
}

function readStanding([state, acknowledged, wellAt]: readonly unknown[]): Standing {
  return {
    isWell: numberOf(state) === 0,
    isAcknowledged: numberOf(acknowledged) > 0,
    wellAt: numberOf(wellAt),
  };
}

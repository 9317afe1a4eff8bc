import { numberOf, textOf } from "../../backends/json.ts";
import { type LivestatusAddress, queryLivestatus } from "../../backends/livestatus/livestatus.ts";
import type { Annotation } from "./annotation-line.ts";

const COLUMNS = "host_name service_description author comment";
const COMMENTS = ["GET comments", `Columns: ${COLUMNS} entry_time entry_type`];
const DOWNTIMES = ["GET downtimes", `Columns: ${COLUMNS} start_time end_time`];
/** Livestatus' numbers of what a comment was made for. */
const TYPES: Readonly<Record<number, Annotation["type"]>> = {
  1: "comment",
  2: "downtime",
  3: "flapping",
  4: "acknowledgement",
};
/** A site in trouble has thousands of comments. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** All that the core has now. Throws a ChannelError. */
export async function readAnnotations(
  address: LivestatusAddress,
  signal: AbortSignal,
): Promise<readonly Annotation[]> {
  const options = { address, signal, maxAnswer: MAX_ANSWER };
  const comments = await queryLivestatus(options, COMMENTS);
  const downtimes = await queryLivestatus(options, DOWNTIMES);
  return [...comments.flatMap(readComment), ...downtimes.flatMap(readDowntime)].filter(isWhole);
}

function readComment(row: readonly unknown[]): readonly Annotation[] {
  const type = TYPES[numberOf(row[5])];
  return type === undefined ? [] : [{ ...readCommon(row), type, time: numberOf(row[4]) }];
}

/** Its end is told with its beginning, as nagflux does: the core forgets it then. */
function readDowntime(row: readonly unknown[]): readonly Annotation[] {
  const common = { ...readCommon(row), type: "downtime" } as const;
  const [start, end] = [numberOf(row[4]), numberOf(row[5])];
  return [
    { ...common, time: start, text: `Downtime start: <br>${common.text}` },
    { ...common, time: end, text: `Downtime end: <br>${common.text}` },
  ];
}

function readCommon([host, service, author, comment]: readonly unknown[]) {
  const name = textOf(service);
  return {
    host: textOf(host),
    service: name === "" ? undefined : name,
    author: textOf(author),
    text: textOf(comment),
  };
}

function isWhole({ host, time }: Annotation): boolean {
  return host !== "" && Number.isInteger(time) && time > 0;
}

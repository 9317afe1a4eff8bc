import type { Downtime, Target, TargetStatus } from "../backend.ts";
import type { StateReader } from "../commands/command-channel.ts";
import { numberOf, textOf } from "../json.ts";
import { filterValue, type LivestatusOptions, queryLivestatus } from "./livestatus.ts";

const STATE_COLUMNS = "Columns: state acknowledged scheduled_downtime_depth plugin_output";
const DOWNTIME_COLUMNS = "Columns: id author comment end_time service_description";

/** What a core knows, by livestatus. */
export function createLivestatusReader(options: LivestatusOptions): StateReader {
  return {
    status: async (target) => {
      const [row] = await queryLivestatus(options, [...tableOf(target), STATE_COLUMNS]);
      return row && readStatus(row);
    },
    downtimes: async (target) => {
      const query = ["GET downtimes", DOWNTIME_COLUMNS, `Filter: host_name = ${filterValue(target.host)}`];
      const rows = await queryLivestatus(options, query);
      // The host's own downtimes have no description; as a filter an empty value is not the same everywhere.
      return rows.filter((row) => textOf(row[4]) === (target.service ?? "")).map(readDowntime);
    },
  };
}

function tableOf({ host, service }: Target): readonly string[] {
  if (service === undefined) return ["GET hosts", `Filter: name = ${filterValue(host)}`];
  return [
    "GET services",
    `Filter: host_name = ${filterValue(host)}`,
    `Filter: description = ${filterValue(service)}`,
  ];
}

function readStatus([state, acknowledged, depth, output]: readonly unknown[]): TargetStatus {
  return {
    state: numberOf(state),
    isAcknowledged: numberOf(acknowledged) > 0,
    downtimes: numberOf(depth),
    output: textOf(output),
  };
}

function readDowntime([id, author, comment, endsAt]: readonly unknown[]): Downtime {
  return { id: textOf(id), author: textOf(author), comment: textOf(comment), endsAt: numberOf(endsAt) };
}

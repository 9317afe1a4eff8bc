import type { ByteString } from "../../../src/byte-string.ts";

/** What the core has told of one check: a line of `KEY::VALUE`, separated by tabs. */
export interface PerfdataRecord {
  readonly host: ByteString;
  /** Undefined: it is a host's. */
  readonly service: ByteString | undefined;
  readonly command: ByteString;
  readonly perfdata: ByteString;
  /** Seconds since the epoch, in digits. */
  readonly time: string;
  /** `NAGFLUX:TAG` and `NAGFLUX:FIELD`: `name=value`, separated by blanks. */
  readonly tags: ByteString;
  readonly fields: ByteString;
  /** The name of the one target that it is for. Undefined: for all. */
  readonly target: ByteString | undefined;
  readonly isInDowntime: boolean;
}

/** Why a line is no record. */
export type RecordFault = "no data type" | "no host" | "no service" | "no time";

/** Later than this InfluxDB's nanoseconds have an end. */
const LAST_SECOND = 9_223_372_036;
const EVERY_TARGET = "all";

/** The keys that count, and their values in a record. */
const NOTHING = {
  DATATYPE: "",
  TIMET: "",
  HOSTNAME: "",
  HOSTPERFDATA: "",
  HOSTCHECKCOMMAND: "",
  HOSTDOWNTIME: "",
  SERVICEDESC: "",
  SERVICEPERFDATA: "",
  SERVICECHECKCOMMAND: "",
  SERVICEDOWNTIME: "",
  "NAGFLUX:TAG": "",
  "NAGFLUX:FIELD": "",
  "NAGFLUX:TARGET": "",
};
type Fields = Record<keyof typeof NOTHING, ByteString>;
/** An object would make a key that is cut out of a line one of the program's own names first. */
const FIELDS: ReadonlyMap<ByteString, keyof Fields> = new Map(
  Object.keys(NOTHING).map((key) => [key, key as keyof Fields]),
);

/** Reads the keys in any order: the core's templates may be other ones. Keys that are unknown are skipped. */
export function readRecord(line: ByteString): PerfdataRecord | RecordFault {
  const fields = readFields(line);
  const isHost = fields.DATATYPE === "HOSTPERFDATA";
  if (!isHost && fields.DATATYPE !== "SERVICEPERFDATA") return "no data type";
  const { HOSTNAME: host, TIMET: time, SERVICEDESC: service, "NAGFLUX:TARGET": target } = fields;
  if (host === "") return "no host";
  if (!isHost && service === "") return "no service";
  if (!/^[0-9]{1,10}$/.test(time) || Number(time) > LAST_SECOND) return "no time";
  return {
    host,
    time,
    service: isHost ? undefined : service,
    command: isHost ? fields.HOSTCHECKCOMMAND : fields.SERVICECHECKCOMMAND,
    perfdata: isHost ? fields.HOSTPERFDATA : fields.SERVICEPERFDATA,
    tags: fields["NAGFLUX:TAG"],
    fields: fields["NAGFLUX:FIELD"],
    target: target === "" || target === EVERY_TARGET ? undefined : target,
    isInDowntime: isDeep(fields.HOSTDOWNTIME) || isDeep(fields.SERVICEDOWNTIME),
  };
}

function readFields(line: ByteString): Fields {
  const fields = { ...NOTHING };
  let start = 0;
  while (start < line.length) {
    const tab = line.indexOf("\t", start);
    const end = tab === -1 ? line.length : tab;
    const colons = line.indexOf("::", start);
    if (colons === -1) break;
    const field = colons < end ? FIELDS.get(line.slice(start, colons)) : undefined;
    // The first one counts: perfdata with a tab in it must not name another host, behind the core's own name.
    if (field !== undefined && fields[field] === "") fields[field] = line.slice(colons + 2, end);
    start = end + 1;
  }
  return fields;
}

/** The macros `$HOSTDOWNTIME$` and `$SERVICEDOWNTIME$` are how many downtimes there are now. */
function isDeep(depth: string): boolean {
  return depth !== "" && /^[1-9][0-9]*$/.test(depth);
}

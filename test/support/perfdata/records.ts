import { readdirSync, readFileSync } from "node:fs";

const FIXTURES = new URL("../../fixtures/native/", import.meta.url);

/** All different perfdata that real plugins have printed in the recordings, as byte strings. */
export function recordedPerfdata(): readonly string[] {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith(".jsonl"));
  const texts = files.flatMap((name) =>
    readFileSync(new URL(name, FIXTURES), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { stdout = "" } = JSON.parse(line) as { readonly stdout?: string };
        const bar = stdout.indexOf("|");
        return bar === -1 ? "" : (stdout.slice(bar + 1).split("\n")[0] ?? "").replaceAll("\t", " ");
      }),
  );
  return [...new Set(texts.map((text) => text.trim()))].filter((text) => text.includes("="));
}

export interface ServiceRecord {
  readonly host: string;
  readonly service: string;
  readonly time: number;
  readonly perfdata: string;
  readonly command?: string;
}

/** As the core's module writes it. */
export function serviceRecord({
  host,
  service,
  time,
  perfdata,
  command = "check_x!1",
}: ServiceRecord): string {
  return [
    "DATATYPE::SERVICEPERFDATA",
    `TIMET::${time}`,
    `HOSTNAME::${host}`,
    `SERVICEDESC::${service}`,
    `SERVICEPERFDATA::${perfdata}`,
    `SERVICECHECKCOMMAND::${command}`,
    "HOSTSTATE::UP\tHOSTSTATETYPE::HARD\tSERVICESTATE::OK\tSERVICESTATETYPE::HARD\n",
  ].join("\t");
}

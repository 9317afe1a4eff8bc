import type { ByteString } from "../../byte-string.ts";
import { findBadName, hasReference, namesIn } from "../references/reference.ts";
import { findSecondReader } from "../references/second-reader.ts";
import type { LineAnalysis } from "./line-analysis.ts";
import type { Route } from "./route.ts";

/** The route of a line with references to secrets, which are followed when the job runs. */
export function withReferences(route: Route, analysis: LineAnalysis): Route {
  const { line } = analysis;
  if (route.via === "refuse") return route;
  const bad = findBadName(line);
  if (bad !== undefined) return refuse(bad, "write $SECRET:name$, the name in letters, digits, _, - and .");
  const program = findReferringProgram(analysis);
  if (program !== undefined) return refuse(namesIn(program)[0] ?? "", "it stands where a program is named");
  return { ...route, references: { names: namesIn(line), secondReader: findSecondReader(line) } };
}

function refuse(name: string, why: string): Route {
  return { via: "refuse", why: "a secret cannot be put in", refusal: { rule: "no-secret", name, why } };
}

/** A secret decides nothing about which program is run, nor does one of a command that a command runs. */
function findReferringProgram({ command, runs }: LineAnalysis): ByteString | undefined {
  const [path = ""] = command.kind === "words" ? command.words : [];
  if (hasReference(path)) return path;
  return runs === undefined || runs === "hidden" ? undefined : findReferringProgram(runs);
}

import { fperfdata } from "../../sdk/index.ts";
import { atof, strtod } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import { type Ask, splitAnswer } from "./agent.ts";
import type { NtAnswer } from "./judge.ts";
import { judgeEither } from "./judge.ts";
import { type NtRequest, VARIABLES } from "./options.ts";

/** A counter of Windows' performance monitor: `NAME[,DESCRIPTION[,UNIT[,MINIMUM,MAXIMUM]]]`. */
export async function answerCounter(request: NtRequest, ask: Ask): Promise<NtAnswer> {
  const { parameters } = request;
  if (parameters === undefined) return { state: judgeEither(0, request), text: "No counter specified" };
  const list = parameters.replaceAll(",", "&");
  const [name = "", ...rest] = splitAnswer(list);
  const value = atof(await ask(VARIABLES.COUNTER, name));
  const text = describe(value, rest, { isPercent: list.includes("%"), request });
  return { state: judgeEither(value, request), text };
}

interface Description {
  readonly isPercent: boolean;
  readonly request: NtRequest;
}

function describe(
  value: number,
  [description, unit, minimum, maximum]: readonly string[],
  { isPercent, request }: Description,
): string {
  if (description === undefined) return sprintf("%.f", value);
  if (isPercent) return render(value, { description, unit: "%", request, limits: {} });
  if (unit === undefined) return "No unit counter specified";
  if (minimum === undefined || maximum === undefined)
    return render(value, { description, unit, request, limits: {} });
  const max = strtod(maximum);
  if (max.value === 0 && max.rest === maximum) return "Maximum value contains non-numbers";
  return render(value, {
    description,
    unit,
    request,
    limits: { min: strtod(minimum).value, max: max.value },
  });
}

interface Counter {
  readonly description: string;
  readonly unit: string;
  readonly request: NtRequest;
  readonly limits: { readonly min?: number; readonly max?: number };
}

function render(value: number, { description, unit, request, limits }: Counter): string {
  const text = description.includes("%")
    ? sprintf(description, value)
    : `${description} = ${sprintf("%.2f", value)} ${unit}`;
  const thresholds = { warning: Number(request.warning ?? 0n), critical: Number(request.critical ?? 0n) };
  return `${text} | ${fperfdata(description, value, unit, { ...thresholds, ...limits })}`;
}

import { type ByteString, fromByteString, trim } from "../../byte-string.ts";
import { error, type Remark } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, listSchema } from "./kind.ts";

/** How often event handlers run at most. */
export interface HandlerRate {
  /** The file name of the program; `*`: each program that no rate names. */
  readonly handler: ByteString;
  readonly most: number;
  /** Within so many seconds. */
  readonly seconds: number;
  /** It holds for each host and service, and not for all of them together. */
  readonly isForEach: boolean;
}

const EXAMPLE = "write NAME:COUNT/TIME, such as restart-service:20/1h or restart-service:3/1h/each";
const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const RATE = /^(\*|\w[\w.+-]{0,63})\s*:\s*([1-9]\d{0,5})\s*\/\s*([1-9]\d{0,5})([smhd])(\/each)?$/;

/** `NAME:COUNT/TIME` or `NAME:COUNT/TIME/each`, comma-separated. All that name a program hold. */
export const handlerRates: Kind<readonly HandlerRate[]> = {
  name: "NAME:COUNT/TIME, comma-separated",
  isList: true,
  isText: true,
  schema: listSchema({
    type: "string",
    pattern: "^(\\*|[A-Za-z0-9_][A-Za-z0-9_.+-]*):[1-9][0-9]{0,5}/[1-9][0-9]{0,5}[smhd](/each)?$",
  }),
  read({ key, text }, before = []) {
    const remarks: Remark[] = [];
    const value = [...before];
    for (const word of text.split(",").map(trim)) {
      if (word === "") continue;
      const rate = readRate(word);
      if (rate === undefined) remarks.push(error(`${key}: ${quote(word)} is no rate of a handler`, EXAMPLE));
      else value.push(rate);
    }
    return { value, remarks };
  },
  render: (value) => fromByteString(value.map(renderRate).join(",")),
};

function readRate(word: ByteString): HandlerRate | undefined {
  const [, handler = "", most, count, unit = "", each] = RATE.exec(word) ?? [];
  const factor = SECONDS_IN[unit];
  if (factor === undefined) return undefined;
  return { handler, most: Number(most), seconds: Number(count) * factor, isForEach: each !== undefined };
}

export function renderRate({ handler, most, seconds, isForEach }: HandlerRate): ByteString {
  const [unit, size] = Object.entries(SECONDS_IN).findLast(([, one]) => seconds % one === 0) ?? ["s", 1];
  return `${handler}:${most}/${seconds / size}${unit}${isForEach ? "/each" : ""}`;
}

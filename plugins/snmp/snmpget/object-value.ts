import type { SnmpObject } from "../../../sdk/index.ts";
import { renderValue, TYPES, type Varbind } from "./value-text.ts";

const NAMES: ReadonlyMap<number, SnmpObject["type"]> = new Map([
  [TYPES.integer, "integer"],
  [TYPES.octetString, "octets"],
  [TYPES.null, "null"],
  [TYPES.oid, "oid"],
  [TYPES.ipAddress, "address"],
  [TYPES.counter, "counter"],
  [TYPES.gauge, "gauge"],
  [TYPES.timeTicks, "ticks"],
  [TYPES.opaque, "opaque"],
  [TYPES.counter64, "counter64"],
]);

/** An object for authors. Undefined: there is no such object. */
export function readObject({ oid, type, value }: Varbind): SnmpObject | undefined {
  const name = NAMES.get(type);
  if (name === undefined) return undefined;
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  const object = { oid, type: name };
  switch (name) {
    case "integer":
    case "counter":
    case "gauge":
    case "ticks":
      return { ...object, text: `${value}`, number: Number(value), bytes: new Uint8Array() };
    case "counter64": {
      const text = renderValue({ type, value }).replace("Counter64: ", "");
      return { ...object, text, number: Number(text), bytes: new Uint8Array() };
    }
    case "octets":
      return { ...object, text: bytes.toString("utf8"), number: Number.NaN, bytes };
    case "opaque":
      return readOpaque({ oid, type, value }, bytes);
    case "null":
      return { ...object, text: "", number: Number.NaN, bytes };
    case "oid":
    case "address":
      return { ...object, text: `${value}`, number: Number.NaN, bytes };
  }
}

/** A number that net-snmp has packed: `Opaque: Float: 0.120000`. */
function readOpaque({ oid, type, value }: Varbind, bytes: Uint8Array): SnmpObject {
  const [, text] = /^Opaque: \w+: (.*)$/.exec(renderValue({ type, value })) ?? [];
  return { oid, type: "opaque", text: text ?? "", number: text ? Number(text) : Number.NaN, bytes };
}

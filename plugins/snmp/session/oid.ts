/** An object identifier: its numbers with dots between them, and no dot before the first. */
export type Oid = string;

const NUMERIC = /^\.?(?:1|iso)\.(?:[0-9]|[1-3][0-9])(?:\.(?:0|[1-9][0-9]{0,9}))*$/;
const MAX_NUMBER = 4_294_967_295;
const MAX_LENGTH = 128;

/**
 * Reads `.1.3.6.1`, `1.3.6.1` and `iso.3.6.1`, as snmpget does without MIBs. Undefined for other names, for a
 * text that is not an OID, and for the rare OIDs below 0 and 2.
 */
export function readOid(text: string): Oid | undefined {
  if (!NUMERIC.test(text)) return undefined;
  const numbers = text
    .replace("iso", "1")
    .split(".")
    .filter((number) => number !== "");
  if (numbers.length > MAX_LENGTH || numbers.some((number) => Number(number) > MAX_NUMBER)) return undefined;
  return numbers.join(".");
}

const ROOTS = ["ccitt", "iso", "joint-iso-ccitt"] as const;

/** The text net-snmp's programs print when they have loaded no MIB: `iso.3.6.1`. */
export function renderOid(oid: Oid): string {
  const [first = 0, second, ...rest] = oid.split(".").map(Number);
  // The codec divides the first byte by 40 without a limit, so 2.999 arrives as 26.39.
  const root = Math.min(first, 2);
  const below = second === undefined ? [] : [(first - root) * 40 + second];
  return [ROOTS[root] ?? `.${root}`, ...below, ...rest].join(".");
}

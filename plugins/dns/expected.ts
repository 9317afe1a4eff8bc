/** What `-a` expects: a text, and a network if it is one. */
export interface Expected {
  readonly text: string;
  readonly network: { readonly address: number; readonly bits: number } | undefined;
}

/** Undefined: the plugin would shift by more bits than C allows. */
export function readExpected(text: string): Expected | undefined {
  if (!text.includes("/")) return { text, network: undefined };
  const [, address = "", bitsText] = /^([0-9]{1,3}(?:\.[0-9]{1,3}){3})\/([0-9]{1,2})$/.exec(text) ?? [];
  const bits = Number(bitsText);
  if (bitsText === undefined || bits < 2 || bits > 32) return undefined;
  return { text, network: { address: toNumber(address), bits } };
}

/** How the expected addresses fit to those that came. */
export interface Comparison {
  readonly isMet: boolean;
  /** Every expected one came, and no other. */
  readonly isComplete: boolean;
}

export function compare(expected: readonly Expected[], addresses: readonly string[]): Comparison {
  const fits = (each: Expected, address: string) => each.text === address || isInside(address, each.network);
  return {
    isMet: addresses.some((address) => expected.some((each) => fits(each, address))),
    isComplete:
      addresses.every((address) => expected.some((each) => fits(each, address))) &&
      expected.every((each) => addresses.some((address) => fits(each, address))),
  };
}

function isInside(address: string, network: Expected["network"]): boolean {
  if (network === undefined) return false;
  const size = 2 ** (32 - network.bits);
  return Math.floor(toNumber(address) / size) === Math.floor(network.address / size);
}

/** What is no address of IPv4 counts as 0, and the start of a name may be one. */
function toNumber(text: string): number {
  const found = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/.exec(text)?.slice(1).map(Number);
  if (found === undefined || found.some((byte) => byte > 255)) return 0;
  return found.reduce((sum, byte) => sum * 256 + byte, 0);
}

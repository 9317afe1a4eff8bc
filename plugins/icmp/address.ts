import type { Address, Family } from "../../sdk/index.ts";

export interface PickedAddress {
  readonly address: string;
  readonly family: 4 | 6;
  /** The name has no other address of this family. */
  readonly isOnly: boolean;
}

/** The address check_ping and check_fping ask: one of IPv6 where the name has any, unless IPv4 was asked for. */
export function pickAddress(addresses: readonly Address[], asked: Family): PickedAddress {
  const family = asked !== 4 && addresses.some((each) => each.family === 6) ? 6 : 4;
  const [first, ...others] = addresses.filter((each) => each.family === family);
  return { address: first?.address ?? "", family, isOnly: others.length === 0 };
}

import type { PacketName } from "./packet-types.ts";

export type Priority = "high" | "normal" | "low";

interface SubmitKind {
  readonly priority: Priority;
  /** The client stays, and is told what the worker answers. */
  readonly isForeground: boolean;
}

export const SUBMIT_PACKETS = {
  SUBMIT_JOB_HIGH: { priority: "high", isForeground: true },
  SUBMIT_JOB: { priority: "normal", isForeground: true },
  SUBMIT_JOB_LOW: { priority: "low", isForeground: true },
  SUBMIT_JOB_HIGH_BG: { priority: "high", isForeground: false },
  SUBMIT_JOB_BG: { priority: "normal", isForeground: false },
  SUBMIT_JOB_LOW_BG: { priority: "low", isForeground: false },
} as const satisfies { readonly [Name in PacketName]?: SubmitKind };

export type SubmitPacketName = keyof typeof SUBMIT_PACKETS;

const NAMES = Object.keys(SUBMIT_PACKETS) as SubmitPacketName[];

export function submitPacketName({ priority, isForeground }: SubmitKind): SubmitPacketName {
  const found = NAMES.find((name) => {
    const kind = SUBMIT_PACKETS[name];
    return kind.priority === priority && kind.isForeground === isForeground;
  });
  return found ?? "SUBMIT_JOB_BG";
}

import type { Language } from "../notify/texts.ts";
import type { BroadcastEvent } from "./broadcast.ts";

/** What the message of a broadcast says itself. */
export interface BroadcastTexts {
  readonly events: Readonly<Record<BroadcastEvent, string>>;
  readonly by: string;
  readonly until: string;
  readonly stage: string;
}

export const BROADCAST_TEXTS: Readonly<Record<Language, BroadcastTexts>> = {
  en: {
    events: { new: "Broadcast", changed: "Broadcast, changed", over: "Broadcast is over" },
    by: "by",
    until: "until",
    stage: "Stage",
  },
  de: {
    events: { new: "Mitteilung", changed: "Mitteilung, geändert", over: "Mitteilung ist vorbei" },
    by: "von",
    until: "bis",
    stage: "Stufe",
  },
};

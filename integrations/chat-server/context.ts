import type { EventQueues } from "./event-queues.ts";
import type { Params } from "./params.ts";
import type { FakeUser, World } from "./world.ts";

export interface FakeOptions {
  readonly version: string;
  readonly featureLevel: number;
  /** For how many seconds the text of a message may be changed. 0: never. */
  readonly editLimit: number;
}

/** What a request is answered from. */
export interface FakeContext {
  readonly world: World;
  readonly queues: EventQueues;
  readonly user: FakeUser;
  readonly params: Params;
  readonly options: FakeOptions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The name of the client, from its User-Agent. */
  readonly client: string;
}

/** The fields of a reply that succeeds. `id` is what the path names. */
export type Handler = (
  context: FakeContext,
  id: string,
) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

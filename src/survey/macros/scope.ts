import type { ByteString } from "../../byte-string.ts";
import type { Host, Service, Site } from "../site/site.ts";

/** What the macros of one check stand for. */
export interface Scope {
  readonly site: Site;
  readonly host: Host;
  /** Undefined: it is the check of the host. */
  readonly service: Service | undefined;
  /** The values of `$ARGn$`, from `$ARG1$` on. */
  readonly args: readonly ByteString[];
  /** Called when a value is one of the moment, as a state or a time is. */
  readonly onVolatile: () => void;
  /** Macros whose values are secrets, which are shown by their names. Undefined: none. */
  readonly hides?: (macro: string) => boolean;
}

/** What is done to the value of a macro: nothing, percent-encoding as in URLs, or stripping of characters. */
export type Cleaning = "none" | "encode" | "strip";

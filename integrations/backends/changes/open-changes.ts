import type { BackendAddress } from "../open-backend.ts";
import type { ChangeSource } from "./change.ts";
import { ChangePoller, type Polling } from "./change-poller.ts";
import { createIcinga2Changes } from "./icinga2-changes.ts";
import { createLivestatusChangeReader } from "./livestatus-changes.ts";
import { createThrukChangeReader } from "./thruk-changes.ts";

/** Undefined: such a monitoring can tell of no changes. Nothing is asked yet. */
export function openChanges(address: BackendAddress, polling: Polling): ChangeSource | undefined {
  switch (address.kind) {
    case "icinga2":
      return createIcinga2Changes(address);
    case "thruk":
      return new ChangePoller(createThrukChangeReader(address), polling);
    case "livestatus":
      return new ChangePoller(createLivestatusChangeReader(address.address), polling);
    case "pipe": {
      const { reader } = address;
      return reader && new ChangePoller(createLivestatusChangeReader(reader), polling);
    }
  }
}

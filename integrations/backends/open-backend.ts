import type { Backend } from "./backend.ts";
import type { Channel } from "./channel.ts";
import { CheckedBackend } from "./checked-backend.ts";
import { CommandChannel } from "./commands/command-channel.ts";
import { writeCommand } from "./commands/command-pipe.ts";
import { Icinga2Channel } from "./icinga2-channel.ts";
import { type LivestatusAddress, renderAddress, sendLivestatus } from "./livestatus/livestatus.ts";
import { createLivestatusReader } from "./livestatus/livestatus-reader.ts";
import { ThrukChannel } from "./thruk-channel.ts";

/** Where a monitoring is, and how it is spoken to. */
export type BackendAddress =
  | {
      readonly kind: "icinga2";
      readonly url: string;
      readonly user: string;
      readonly password: string;
      readonly caFile: string | undefined;
    }
  | {
      readonly kind: "thruk";
      readonly url: string;
      readonly apiKey: string;
      readonly caFile: string | undefined;
    }
  | {
      readonly kind: "livestatus";
      readonly address: LivestatusAddress;
      readonly expiringAcknowledgement: boolean;
    }
  | {
      readonly kind: "pipe";
      readonly path: string;
      /** Undefined: what was done cannot be read. */
      readonly reader: LivestatusAddress | undefined;
      readonly expiringAcknowledgement: boolean;
    };

export interface OpenBackend extends Disposable {
  readonly backend: Backend;
}

/** Nothing is asked yet. Throws if the file of authorities cannot be read. */
export function openBackend(address: BackendAddress): OpenBackend {
  const channel = openChannel(address);
  return {
    backend: new CheckedBackend(channel),
    [Symbol.dispose]: () => channel.close?.(),
  };
}

function openChannel(address: BackendAddress): Channel & { readonly close?: () => void } {
  switch (address.kind) {
    case "icinga2":
      return new Icinga2Channel(address);
    case "thruk":
      return new ThrukChannel(address);
    case "livestatus": {
      const { address: place, expiringAcknowledgement } = address;
      const options = { address: place };
      return new CommandChannel({
        name: `livestatus at ${renderAddress(place)}`,
        expiringAcknowledgement,
        reader: createLivestatusReader(options),
        send: (line) => sendLivestatus(options, line),
      });
    }
    case "pipe": {
      const { path, reader, expiringAcknowledgement } = address;
      return new CommandChannel({
        name: path,
        expiringAcknowledgement,
        reader: reader && createLivestatusReader({ address: reader }),
        send: (line) => writeCommand(path, line),
      });
    }
  }
}

import type { Input } from "./send/input.ts";

/** What a tool reads and writes. */
export interface ToolIo {
  readonly stdout: (text: string | Uint8Array) => void;
  readonly stderr: (text: string | Uint8Array) => void;
  readonly stdin: () => Input;
}

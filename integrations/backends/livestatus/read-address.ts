import type { LivestatusAddress } from "./livestatus.ts";

/** `unix:/PATH`, `/PATH` or `HOST:PORT` */
export function readLivestatusAddress(text: string): LivestatusAddress | undefined {
  const path = text.replace(/^unix:/, "");
  if (path.startsWith("/")) return { path };
  const [, host = "", digits = ""] = /^(?:tcp:)?(\[[0-9a-f:]+\]|[^:/\s]+):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  return host === "" || port < 1 || port > 65_535 ? undefined : { host: host.replace(/^\[|\]$/g, ""), port };
}

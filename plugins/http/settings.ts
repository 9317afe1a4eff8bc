import { yesOrNo } from "../../sdk/setting.ts";

export const NATIVE_HTTP_KEEPALIVE = yesOrNo("native_http_keepalive", {
  default: false,
  help: "Of the checks the worker knows itself check_http leaves its connections open for the next check of the same server. That saves half of its work, over TLS most of it, but no longer does every check prove that the server takes new connections. See docs/native-checks.md.",
});

import { yesOrNo } from "../../sdk/setting.ts";

export const NATIVE_SSH_KEEPALIVE = yesOrNo("native_ssh_keepalive", {
  default: false,
  help: "Of the checks the worker knows itself check_by_ssh leaves its connections open for the next check of the same server with the same login. That saves most of its work, but no longer does every check prove that the server takes new connections and still accepts the key. See docs/native-checks.md.",
});

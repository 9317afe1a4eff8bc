import { yesOrNo } from "../../sdk/setting.ts";

export const NATIVE_NSC_KEEPALIVE = yesOrNo("native_nsc_keepalive", {
  default: false,
  help: "Of the checks the worker knows itself check_nsc_web leaves its connections open for the next check of the same agent with the same password. That saves most of its work, but no longer does every check prove that the agent takes new connections, nor that its certificate is still the same. See docs/native-checks.md.",
});

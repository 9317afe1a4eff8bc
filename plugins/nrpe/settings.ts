import { yesOrNo } from "../../sdk/setting.ts";

export const NATIVE_NRPE_RESUME = yesOrNo("native_nrpe_resume", {
  default: false,
  help: "Of the checks the worker knows itself check_nrpe resumes the TLS session of an earlier check of the same daemon where no certificate is in use (anonymous Diffie-Hellman, the default of NRPE). Each check still has a connection of its own, and the Diffie-Hellman exchange, most of its work at both ends, is made once an hour. See docs/native-checks.md.",
});

import { createCertificate, inDays } from "../../support/servers/certificates.ts";

/** The ports of agents in the recorded lines. */
export const WEB_PLACES = { plain: "18081", secure: "18445" } as const;

/** The certificate of the test's agents, which is its own authority. */
export const AGENT_CERTIFICATE = createCertificate({
  commonNames: ["agent"],
  altNames: ["localhost", "127.0.0.1", "agent.example"],
  notAfter: inDays(30),
});

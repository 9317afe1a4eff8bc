import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { CheckDeclined } from "../../../sdk/index.ts";
import { type Certificate, readCertificate } from "../../transport/certificate.ts";

/** How the extension begins in a certificate: the object identifier 2.5.29.30. */
const NAME_CONSTRAINTS = Buffer.of(0x06, 0x03, 0x55, 0x1d, 0x1e);

/**
 * Reads the certificate that check_curl looks at. That is the last one that OpenSSL speaks of when it
 * verifies the chain: the server's own, unless an authority is limited to names that the server does not
 * have.
 */
export function readCurlCertificate(tls: TLSSocket): Certificate {
  if (listChain(tls).some(({ raw }) => raw.includes(NAME_CONSTRAINTS)))
    throw new CheckDeclined("only OpenSSL knows which certificate of the chain it looks at last");
  return readCertificate(tls);
}

/** The certificates that the server has sent, so far as each is the issuer of the one before. */
function listChain(tls: TLSSocket): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next: DetailedPeerCertificate | undefined = tls.getPeerCertificate(true);
  while (next?.raw !== undefined && !chain.includes(next)) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

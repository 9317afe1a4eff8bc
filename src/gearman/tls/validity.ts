/** From when to when a certificate counts. */
export interface ValidityOfCertificate {
  readonly validFromDate: Date;
  readonly validToDate: Date;
}

/** There is no connection. The message is what `PQerrorMessage` would give, with its last line break. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
}

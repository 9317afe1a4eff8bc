import { CheckDeclined } from "../../../sdk/index.ts";
import { type Failure, readFailure } from "../libmariadb/failure.ts";
import { ForeignLogin } from "./foreign-logins.ts";
import { isWholeOk } from "./result.ts";

/** The server does not let the user in. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super("the server refuses the login");
    this.failure = failure;
  }
}

const [OK, SWITCH, ERROR] = [0x00, 0xfe, 0xff];
const NATIVE_PASSWORD = Buffer.from("\xfemysql_native_password\0", "latin1");
/** Bytes of a scramble, with its NUL. */
const SCRAMBLE = 21;

/** Why a login does not go on with this answer. Undefined: it does. */
export function whyNotLoggedIn(packet: Buffer): Error | undefined {
  switch (packet[0]) {
    case ERROR: {
      const failure = readFailure(packet);
      return failure ? new LoginRefused(failure) : new CheckDeclined("an error that only libmariadb knows");
    }
    case SWITCH:
      return isNative(packet) ? undefined : new ForeignLogin();
    case OK:
      if (isWholeOk(packet)) return undefined;
  }
  return new CheckDeclined("an answer to the login that only libmariadb knows");
}

/** Whether the server asks for the kind of login that the driver has. */
function isNative(packet: Buffer): boolean {
  const isNamed = packet.subarray(0, NATIVE_PASSWORD.length).equals(NATIVE_PASSWORD);
  return isNamed && packet.length === NATIVE_PASSWORD.length + SCRAMBLE;
}

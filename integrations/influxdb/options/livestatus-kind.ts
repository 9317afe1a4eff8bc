import { fromByteString } from "../../../src/byte-string.ts";
import { type Kind, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";
import { error } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import { type LivestatusAddress, renderAddress } from "../../backends/livestatus/livestatus.ts";
import { readLivestatusAddress } from "../../backends/livestatus/read-address.ts";

/** `/PATH` or `HOST:PORT` */
export const livestatusPlace: Kind<LivestatusAddress | undefined> = {
  name: "/PATH or HOST:PORT",
  isText: true,
  schema: TEXT_SCHEMA,
  read({ key, text }) {
    const written = fromByteString(text);
    const value = readLivestatusAddress(written);
    if (value !== undefined) return { value, remarks: [] };
    const remark = error(`${key}: ${quote(written)} is no address of livestatus`, "write /PATH or HOST:PORT");
    return { value, remarks: [remark] };
  },
  render: (value) => (value === undefined ? "" : renderAddress(value)),
};

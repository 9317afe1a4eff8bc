import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { encodeAnswer, INTEGER, SnmpAgent } from "../../../test/support/servers/snmp-agent.ts";
import type { ServedTarget } from "../../engine/target.ts";

/** An agent whose answer is changed: from a place on so many bytes are left out, and others put in. */
export const SNMP_SERVER: ServedTarget = {
  name: "served-snmp",
  kind: "served",
  mayThrow: [CheckDeclined],
  most: 4_096,
  samples: () => [
    Buffer.from([0, 0]),
    Buffer.from([40, 2, 0x46, 9]),
    Buffer.from([2, 1, 5]),
    Buffer.from([30, 4, 0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
  ],
  tokens: [
    "\x30\x82\xff\xff",
    "\x46\x09",
    "\x44\x07\x9f\x78\x04",
    "\x06\x80",
    "\x02\x05",
    "\x80\0",
    "\x82\0",
    "\xa8",
    "\xff",
    "\x04\x82\x40\0",
  ],
  start: async () => {
    let input = Buffer.alloc(0);
    const agent = await SnmpAgent.start((question) => {
      const objects = question.names.map((name) => ({ name, tag: INTEGER, content: Buffer.from([0, 42]) }));
      const answer = encodeAnswer(question, { objects });
      const [at = 0, removed = 0] = input;
      const from = at % answer.length;
      const changed = [answer.subarray(0, from), input.subarray(2), answer.subarray(from + removed)];
      // The right answer comes, too, so that a check does not wait for the end of its time.
      return [Buffer.concat(changed), answer];
    });
    const shared = new SharedValues({ log: () => {} });
    const words = `-H 127.0.0.1 -p ${agent.port} -C public -P 2c -t 1 -e 0 -o .1.3.6.1.2.1.1.3.0`;
    return {
      read: async (bytes) => {
        input = Buffer.from(bytes);
        const { returnCode, output } = await runCheck(checkSnmp, words, { shared });
        return { returnCode, said: output.replace(/[0-9]+/g, "#") };
      },
      [Symbol.asyncDispose]: async () => {
        await shared[Symbol.asyncDispose]();
        await agent[Symbol.asyncDispose]();
      },
    };
  },
};

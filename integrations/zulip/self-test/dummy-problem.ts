import { type Macros, type Notice, readNotice } from "../notify/notice.ts";

/** The team's dummy service. A site that has another one names it by words of the call. */
const DUMMY = {
  NOTIFICATIONTYPE: "PROBLEM",
  HOSTNAME: "dummy-icinga-notifier",
  SERVICEDESC: "Dummy-Icinga-Notifier",
  SERVICESTATE: "CRITICAL",
  SERVICEOUTPUT: "CRITICAL - only a test",
};

export function dummyProblem(words: Macros, time: number): Notice {
  const notice = readNotice(new Map([...Object.entries(DUMMY), ...words]), time);
  if (notice === undefined) throw new TypeError("the dummy has a host");
  return notice;
}

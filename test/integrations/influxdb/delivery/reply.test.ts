import { describe, expect, it } from "vitest";
import { type HttpAnswer, judgeReply } from "../../../../integrations/influxdb/delivery/reply.ts";

/** Of InfluxDB 1.6.7, recorded; of others as their documentation has it. */
const ANSWERS: readonly (readonly [HttpAnswer, object])[] = [
  [{ status: 204, body: "" }, { kind: "written" }],
  [
    { status: 400, body: `{"error":"unable to parse 'metrics,host=h l=': x v=nan 5': invalid number"}` },
    { kind: "rejected", named: [{ line: "metrics,host=h l=': x v=nan 5", reason: "invalid number" }] },
  ],
  [
    {
      status: 400,
      body: `{"error":"partial write: unable to parse 'a': missing fields\\nunable to parse 'b c': invalid field format dropped=0"}`,
    },
    {
      kind: "rejected",
      named: [
        { line: "a", reason: "missing fields" },
        { line: "b c", reason: "invalid field format" },
      ],
    },
  ],
  [
    {
      status: 400,
      body: `{"error":"partial write: field type conflict: input field \\"v\\" on measurement \\"metrics\\" is type integer, already exists as type float dropped=1"}`,
    },
    { kind: "rejected", named: [] },
  ],
  [
    { status: 400, body: '{"error":"partial write: points beyond retention policy dropped=3"}' },
    { kind: "too-old" },
  ],
  [
    { status: 400, body: '{"error":"database is required"}' },
    { kind: "unclear", message: "400 database is required" },
  ],
  [{ status: 400, body: "", error: "unable to parse 'x': missing fields" }, { kind: "rejected" }],
  [
    { status: 400, body: `{"code":"invalid","message":"unable to parse 'x y': missing fields"}` },
    { kind: "rejected", named: [{ line: "x y", reason: "missing fields" }] },
  ],
  [
    {
      status: 400,
      body: '{"error":"partial write of line protocol occurred","data":[{"original_line":"x","line_number":2,"error_message":"no fields"}]}',
    },
    { kind: "rejected", named: [{ line: 2, reason: "no fields" }] },
  ],
  [
    {
      status: 400,
      body: '{"error":"parsing failed for write_lp endpoint","data":{"original_line":"x","line_number":1,"error_message":"no fields"}}',
    },
    { kind: "rejected", named: [{ line: 1, reason: "no fields" }] },
  ],
  [
    {
      status: 422,
      body: '{"code":"unprocessable entity","message":"failure writing points to database: partial write: points beyond retention policy dropped=1"}',
    },
    { kind: "too-old" },
  ],
  ...["", " and 1 points outside write window (-1h0m0s)"].map((window): readonly [HttpAnswer, object] => [
    {
      status: 400,
      body: `{"error":"partial write: dropped 2 points outside retention policy of duration 1h0m0s${window} - oldest point m at 1970-01-01T00:00:00Z dropped because it violates a Retention Policy Lower Bound at 2026-11-27T07:00:00Z, newest point m at 1970-01-01T00:00:01Z dropped because it violates a Retention Policy Lower Bound at 2026-11-27T07:00:00Z dropped=2"}`,
    },
    { kind: "too-old" },
  ]),
  [
    { status: 401, body: '{"error":"authorization failed"}' },
    { kind: "refused", message: "401 authorization failed" },
  ],
  [
    { status: 403, body: "no" },
    { kind: "refused", message: "403 no" },
  ],
  [{ status: 404, body: '{"error":"database not found: \\"no\\""}' }, { kind: "refused" }],
  [
    { status: 302, body: "" },
    { kind: "refused", message: "302" },
  ],
  [{ status: 413, body: "" }, { kind: "too-large" }],
  [
    { status: 429, body: "", retryAfter: "2.5" },
    { kind: "unavailable", retryAfterMs: 2500 },
  ],
  [{ status: 503, body: '{"error":"timeout"}', retryAfter: "Thu, 01 Jan" }, { kind: "unavailable" }],
  [
    { status: 503, body: "", retryAfter: "99999" },
    { kind: "unavailable", retryAfterMs: 300_000 },
  ],
  [
    { status: 500, body: "x".repeat(9999) },
    { kind: "unavailable", message: `500 ${"x".repeat(500)}…` },
  ],
];

describe("the answer of a database", () => {
  it.each(ANSWERS)("%j", (answer, reply) => expect(judgeReply(answer)).toMatchObject(reply));

  it("asks for no pause that is none", () => {
    expect(judgeReply({ status: 503, body: "", retryAfter: "soon" })).not.toHaveProperty("retryAfterMs");
  });
});

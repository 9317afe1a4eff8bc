import { badRequest } from "./api-error.ts";
import type { Handler } from "./context.ts";

export const register: Handler = ({ queues, user, params, options }) => {
  const types = params.json("event_types");
  const narrow = params.json("narrow");
  const queueId = queues.register({
    userId: user.id,
    types: Array.isArray(types) ? types.map(String) : undefined,
    narrow: Array.isArray(narrow) ? (narrow as readonly (readonly string[])[]) : [],
    allStreams: params.flag("all_public_streams", false),
  });
  return {
    queue_id: queueId,
    last_event_id: -1,
    event_queue_longpoll_timeout_seconds: 90,
    zulip_version: options.version,
    zulip_feature_level: options.featureLevel,
    zulip_merge_base: options.version,
  };
};

export const getEvents: Handler = async ({ queues, user, params }) => {
  const id = params.required("queue_id");
  const last = params.number("last_event_id", -1);
  const isPatient = !params.flag("dont_block", false);
  return { events: await queues.poll(id, { userId: user.id, last, isPatient }), queue_id: id };
};

export const deleteQueue: Handler = ({ queues, user, params }) => {
  const id = params.required("queue_id");
  if (id === "") throw badRequest("Missing 'queue_id' argument");
  queues.remove(id, user.id);
  return {};
};

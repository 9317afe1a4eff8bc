import { badRequest } from "./api-error.ts";
import type { Handler } from "./context.ts";
import { canSee, type FakeUser } from "./world.ts";

function renderUser({ id, email, fullName, isBot, role }: FakeUser) {
  return {
    user_id: id,
    email,
    full_name: fullName,
    is_bot: isBot,
    role,
    is_active: true,
    is_admin: role <= 200,
    is_owner: role <= 100,
    is_guest: role >= 600,
    timezone: "",
  };
}

export const ownUser: Handler = ({ user }) => renderUser(user);

export const getUser: Handler = ({ world }, id) => {
  const found = world.user(Number(id));
  if (found === undefined) throw badRequest("No such user");
  return { user: renderUser(found) };
};

export const listUsers: Handler = ({ world }) => ({ members: world.users.map(renderUser) });

export const listGroups: Handler = ({ world }) => ({
  user_groups: world.groups.map(({ id, name, members }) => ({
    id,
    name,
    members,
    description: "",
    is_system_group: false,
    direct_subgroup_ids: [],
  })),
});

export const listStreams: Handler = ({ world, user }) => ({
  streams: world.streams
    .filter((stream) => canSee(user.id, stream))
    .map(({ id, name, isPrivate }) => ({ stream_id: id, name, invite_only: isPrivate, description: "" })),
});

export const streamId: Handler = ({ world, user, params }) => {
  const name = params.required("stream");
  const stream = world.stream(name);
  if (stream === undefined || !canSee(user.id, stream)) throw badRequest(`Invalid channel name '${name}'`);
  return { stream_id: stream.id };
};

export const listSubscriptions: Handler = ({ world, user }) => ({
  subscriptions: world.streams
    .filter(({ subscribers }) => subscribers.has(user.id))
    .map(({ id, name }) => ({ stream_id: id, name })),
});

export const subscribe: Handler = ({ world, user, params }) => {
  const wanted = params.json("subscriptions");
  const names = Array.isArray(wanted) ? wanted.map(({ name }: { name: string }) => name) : [];
  const streams = names.map((name) => world.stream(name) ?? world.addStream(name));
  const hidden = streams.filter((stream) => !canSee(user.id, stream)).map(({ name }) => name);
  if (hidden.length > 0) throw badRequest(`Unable to access stream (${hidden.join(", ")}).`);
  const isNew = (stream: (typeof streams)[number]) => !stream.subscribers.has(user.id);
  const added = streams.filter(isNew).map(({ name }) => name);
  const already = streams.filter((stream) => !isNew(stream)).map(({ name }) => name);
  for (const { subscribers } of streams) subscribers.add(user.id);
  return {
    subscribed: added.length > 0 ? { [user.email]: added } : {},
    already_subscribed: already.length > 0 ? { [user.email]: already } : {},
  };
};

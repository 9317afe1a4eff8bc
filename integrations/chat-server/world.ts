/** Everything that a Zulip server keeps in its database: it outlives a restart. */

export interface FakeUser {
  readonly id: number;
  readonly email: string;
  readonly key: string;
  readonly fullName: string;
  readonly isBot: boolean;
  /** 100 owner, 200 administrator, 300 moderator, 400 member, 600 guest. */
  readonly role: number;
}

export interface FakeStream {
  readonly id: number;
  readonly name: string;
  readonly subscribers: Set<number>;
  /** Others than subscribers neither see it nor write there. */
  readonly isPrivate: boolean;
  /** Only administrators write there. */
  readonly isAnnouncements: boolean;
}

export interface FakeReaction {
  readonly userId: number;
  readonly name: string;
  readonly code: string;
  readonly type: "unicode_emoji" | "realm_emoji";
}

export interface FakeMessage {
  readonly id: number;
  readonly senderId: number;
  /** Undefined: a direct message. */
  readonly streamId: number | undefined;
  readonly recipients: readonly number[];
  readonly client: string;
  readonly timestamp: number;
  /** As it is stored. */
  readonly widget: string | undefined;
  topic: string;
  content: string;
  readonly reactions: FakeReaction[];
}

export interface FakeGroup {
  readonly id: number;
  readonly name: string;
  readonly members: readonly number[];
}

const MAX_CONTENT = 10_000;
export const MAX_TOPIC = 60;

export class World {
  readonly users: FakeUser[] = [];
  readonly streams: FakeStream[] = [];
  readonly messages: FakeMessage[] = [];
  readonly groups: FakeGroup[] = [];
  /** The id of each custom emoji by its name. */
  readonly emoji = new Map<string, string>();
  #lastId = 0;

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  addUser(user: Partial<FakeUser> & Pick<FakeUser, "email" | "fullName">): FakeUser {
    const id = 27 + this.users.length;
    const key = `${id}`.padEnd(32, "k");
    const added = { id, key, isBot: false, role: 400, ...user };
    this.users.push(added);
    return added;
  }

  addStream(
    name: string,
    subscribers: readonly number[] = [],
    { isPrivate = false, isAnnouncements = false }: Partial<FakeStream> = {},
  ): FakeStream {
    const id = 6 + this.streams.length;
    const stream = { id, name, subscribers: new Set(subscribers), isPrivate, isAnnouncements };
    this.streams.push(stream);
    return stream;
  }

  user(id: number): FakeUser | undefined {
    return this.users.find((user) => user.id === id);
  }

  /** By its name, in any case, or its id. */
  stream(which: string | number): FakeStream | undefined {
    const name = String(which).toLowerCase();
    return this.streams.find(({ id, name: other }) => id === which || other.toLowerCase() === name);
  }

  /** Of a stream, and of a direct message. */
  canRead(userId: number, { streamId, recipients, senderId }: FakeMessage): boolean {
    if (streamId === undefined) return senderId === userId || recipients.includes(userId);
    const stream = this.stream(streamId);
    return stream !== undefined && canSee(userId, stream);
  }

  /** Long texts are cut silently, as Zulip does. */
  store(message: Omit<FakeMessage, "id" | "reactions">): FakeMessage {
    const content = cut(message.content.replace(/\s+$/, ""), MAX_CONTENT, "\n[message truncated]");
    const stored = {
      ...message,
      id: this.nextId(),
      reactions: [],
      content,
      topic: cut(message.topic, MAX_TOPIC, "..."),
    };
    this.messages.push(stored);
    return stored;
  }

  /** What was sent to a stream, for a test to look at. */
  sentTo(stream: string): readonly FakeMessage[] {
    const id = this.stream(stream)?.id;
    return this.messages.filter(({ streamId }) => streamId === id && id !== undefined);
  }
}

/** Of a private stream that somebody is not subscribed to Zulip speaks as of one that does not exist. */
export function canSee(userId: number, { isPrivate, subscribers }: FakeStream): boolean {
  return !isPrivate || subscribers.has(userId);
}

/** Zulip counts characters, not units of UTF-16. */
export function cut(text: string, max: number, mark: string): string {
  const characters = [...text];
  return characters.length <= max ? text : characters.slice(0, max - mark.length).join("") + mark;
}

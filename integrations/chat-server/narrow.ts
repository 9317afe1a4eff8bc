import { badRequest } from "./api-error.ts";
import type { FakeMessage, FakeUser, World } from "./world.ts";

type Matches = (message: FakeMessage) => boolean;

interface Term {
  readonly operator: string;
  readonly operand: unknown;
  readonly isNegated: boolean;
}

/** Of what Zulip knows, the terms that programs of this project use. */
export function compileNarrow(
  narrow: unknown,
  around: { readonly world: World; readonly user: FakeUser },
): Matches {
  const terms = Array.isArray(narrow) ? narrow.map(readTerm) : [];
  const tests = terms.map(({ isNegated, ...term }): Matches => {
    const matches = compileTerm(term, around);
    return (message) => matches(message) !== isNegated;
  });
  return (message) => tests.every((matches) => matches(message));
}

function readTerm(term: unknown): Term {
  if (Array.isArray(term)) return { operator: String(term[0]), operand: term[1], isNegated: false };
  const { operator, operand, negated } = Object(term) as Readonly<Record<string, unknown>> & {
    readonly operator?: unknown;
    readonly operand?: unknown;
    readonly negated?: unknown;
  };
  return { operator: String(operator), operand, isNegated: negated === true };
}

function compileTerm(
  { operator, operand }: Omit<Term, "isNegated">,
  { world, user }: { readonly world: World; readonly user: FakeUser },
): Matches {
  switch (operator) {
    case "stream":
    case "channel": {
      const stream = world.stream(typeof operand === "number" ? operand : String(operand));
      if (stream === undefined) throw badRequest(`Invalid narrow operator: unknown channel ${operand}`);
      return ({ streamId }) => streamId === stream.id;
    }
    case "topic": {
      const wanted = String(operand).toLowerCase();
      return ({ topic }) => topic.toLowerCase() === wanted;
    }
    case "sender": {
      const sender = world.users.find(({ id, email }) => id === operand || email === operand);
      if (sender === undefined) throw badRequest(`Invalid narrow operator: unknown user ${operand}`);
      return ({ senderId }) => senderId === sender.id;
    }
    case "id":
      return ({ id }) => id === Number(operand);
    case "is":
      if (operand === "mentioned") return ({ content }) => content.includes(`@**${user.fullName}**`);
      throw badRequest(`Invalid narrow operator: unknown 'is' operand ${operand}`);
    default:
      throw badRequest(`Invalid narrow operator: unknown operator ${operator}`);
  }
}

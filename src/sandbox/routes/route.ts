// A route of the fake KOOK as data. To add an endpoint, add an entry to its family's file.
import { type Answer, refusals } from "../envelope.ts";
import type { RouteParams } from "../request.ts";
import { type SandboxChat, UNWILLING_USER_ID } from "../seed.ts";
import type { World } from "../world.ts";

export interface Route {
  method: "GET" | "POST";
  answer(params: RouteParams, world: World, handling: Handling): Answer;
}

/** How the sandbox treats one request. */
export interface Handling {
  /** Milliseconds until list and view show a created message. */
  lateMs: number;
}

/** Routes by path below `/api/v3/`, e.g. `user-chat/list`. */
export type Routes = Readonly<Record<string, Route>>;

/** The chat with a user, opened if there is none. */
export function chatWith(targetId: string, world: World): SandboxChat | { refusal: Answer } {
  const user = world.user(targetId);
  if (!user || user === world.bot) return { refusal: refusals.notFound };
  if (user.id === UNWILLING_USER_ID) return { refusal: refusals.cannotMessage };
  return world.openChat(user);
}

/** A positive integer, or undefined for anything else. */
export function positiveInteger(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

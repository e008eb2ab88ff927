// Accounts. Source: KOOK's "用户相关接口".
import { type WireMe, wireMeSchema } from "../wire/user.ts";
import type { Endpoint } from "./endpoint.ts";

/** The account that the token belongs to. */
export const viewMe: Endpoint<Record<string, never>, WireMe> = {
  method: "GET",
  route: "user/me",
  answer: wireMeSchema,
  repeat: "safe",
};

// user/*: the account that the token belongs to.
import { success } from "../envelope.ts";
import type { Routes } from "./route.ts";

export const userRoutes: Routes = {
  "user/me": {
    method: "GET",
    // `roles` is documented as a map and sent as a list: PHP's empty array.
    answer: (_, { bot }) => success({ ...bot, roles: [] }),
  },
};

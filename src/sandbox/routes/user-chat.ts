// user-chat/*: the bot's private chats.
import { refusals, success } from "../envelope.ts";
import { chatWith, positiveInteger, type Routes } from "./route.ts";

const MAX_PAGE_SIZE = 50;

export const userChatRoutes: Routes = {
  "user-chat/list": {
    method: "GET",
    answer({ page, page_size }, world) {
      const chats = world.chats();
      const size = Math.min(positiveInteger(page_size) ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
      const page_total = Math.ceil(chats.length / size);
      // Yii2's paginator answers a page past the end with the last page.
      const current = Math.min(positiveInteger(page) ?? 1, Math.max(page_total, 1));
      const rows = chats.slice((current - 1) * size, current * size);
      return success({
        items: rows.map(({ is_friend, is_blocked, is_target_blocked, ...row }) => row),
        meta: { page: current, page_total, page_size: size, total: chats.length },
        sort: { id: 1 },
      });
    },
  },
  "user-chat/view": {
    method: "GET",
    answer({ chat_code = "" }, world) {
      const chat = world.chat(chat_code);
      return chat ? success(chat) : refusals.notFound;
    },
  },
  "user-chat/create": {
    method: "POST",
    answer({ target_id = "" }, world) {
      const chat = chatWith(target_id, world);
      return "refusal" in chat ? chat.refusal : success(chat);
    },
  },
  "user-chat/delete": {
    method: "POST",
    answer: ({ chat_code = "" }, world) =>
      world.deleteChat(chat_code) ? success({}) : refusals.notFound,
  },
};

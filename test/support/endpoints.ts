// KOOK's endpoints as functions, for tests that make many calls.
import type { CallOptions } from "../../src/kook/call-options.ts";
import { KookClient, type KookClientOptions } from "../../src/kook/client.ts";
import { viewMe } from "../../src/kook/endpoints/user.ts";
import * as userChat from "../../src/kook/endpoints/user-chat.ts";

function endpointsOf(client: KookClient) {
  return {
    listChats: (page: { page: number; page_size: number }, options?: CallOptions) =>
      client.call(userChat.listChats, page, options),
    viewChat: (chat_code: string, options?: CallOptions) =>
      client.call(userChat.viewChat, { chat_code }, options),
    createChat: (target_id: string, options?: CallOptions) =>
      client.call(userChat.createChat, { target_id }, options),
    deleteChat: (chat_code: string, options?: CallOptions) =>
      client.call(userChat.deleteChat, { chat_code }, options),
    viewMe: (options?: CallOptions) => client.call(viewMe, {}, options),
  };
}

export const connectEndpoints = (options: KookClientOptions) =>
  endpointsOf(new KookClient(options));

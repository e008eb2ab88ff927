import { describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { silent } from "../support/connect.ts";
import { conversations, type MadeMessage, madeMessages, uuid } from "../support/conversations.ts";

const URL_OF = "https://img.kookapp.cn/attachments/2026-11/23/a.png";
const address = { chat_code: "c" };
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A chat with one message of these attachments, and files by address. */
function over(attachments: object[], files: Record<string, Response | Fetch> = {}) {
  const [message] = madeMessages(1) as [MadeMessage];
  const made = { ...message, type: 2, content: URL_OF, attachments };
  return conversations({ chats: [{ code: "c", target: "7", messages: [made] }], files });
}

const image = (url = URL_OF, more: object = {}) => ({ type: "image", url, name: "a.png", ...more });
const view = (kook: ReturnType<typeof conversations>, index?: number) =>
  kook.messages.image(address, uuid(1), index);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test.each([
  ["image/png", PNG],
  ["image/jpeg", bytesOf("\xff\xd8\xff\xe0 and more")],
  ["image/gif", bytesOf("GIF89a and more")],
  ["image/gif", bytesOf("GIF87a and more")],
  ["image/webp", bytesOf("RIFF\x01\n\x02\x03WEBPVP8 ")],
])("an image is %s by its first bytes, not by its host's header", async (mimeType, bytes) => {
  const file = new Response(bytes, { headers: { "Content-Type": "text/html" } });
  const kook = over([image(URL_OF, { width: 3, height: 4 })], { [URL_OF]: file });
  expect(await view(kook)).toEqual({
    bytes,
    mimeType,
    name: "a.png",
    width: 3,
    height: 4,
  });
});

test("the request carries no token, and asks for an image", async () => {
  const kook = over([image()], { [URL_OF]: new Response(PNG) });
  await view(kook);
  expect(kook.asked.at(-1)).toBe(URL_OF);
  expect(kook.headers.at(-1)).toEqual({ Accept: "image/*", "Accept-Encoding": "identity" });
});

test("after the message was listed, an image takes two requests", async () => {
  const kook = over([image()], { [URL_OF]: new Response(PNG) });
  const { messages } = await kook.messages.list(address, { limit: 1 });
  kook.taken();
  await kook.messages.image(address, messages[0]?.shortId ?? "", undefined);
  expect(kook.taken()).toEqual({ "direct-message/view": 1, [URL_OF]: 1 });
});

describe("which attachment", () => {
  const file = { type: "file", url: "https://img.kookapp.cn/attachments/b.txt", name: "b.txt" };
  const second = "https://img.kaiheila.cn/attachments/c.png";
  const kook = () =>
    over([file, image(), image(second, { name: "c.png" })], {
      [URL_OF]: new Response(PNG),
      [second]: new Response(PNG),
    });

  test("is the first image by default, else the one of the index, from 0", async () => {
    expect(await view(kook())).toMatchObject({ name: "a.png" });
    expect(await view(kook(), 2)).toMatchObject({ name: "c.png" });
  });

  test.each([
    [0, "not_an_image"],
    [3, "index"],
  ])("of index %i is refused as %s, and says which ones are images", async (index, reason) => {
    expect(await failure(view(kook(), index))).toMatchObject({
      name: "ImageError",
      reason,
      images: [1, 2],
    });
  });

  test("of a message without an image is refused", async () => {
    expect(await failure(view(over([file])))).toMatchObject({ name: "ImageError", reason: "none" });
  });

  test("may be inside a card", async () => {
    const card = [
      {
        type: "card",
        theme: "info",
        modules: [{ type: "container", elements: [{ type: "image", src: URL_OF }] }],
      },
    ];
    const [message] = madeMessages(1) as [MadeMessage];
    const made = { ...message, type: 10, content: JSON.stringify(card) };
    const kook = conversations({
      chats: [{ code: "c", target: "7", messages: [made] }],
      files: { [URL_OF]: new Response(PNG) },
    });
    expect(await view(kook)).toMatchObject({ mimeType: "image/png" });
  });
});

test.each([
  "http://img.kookapp.cn/a.png",
  "https://img.kookapp.cn.evil.example/a.png",
  "https://img.kookapp.cn:8443/a.png",
  "https://user:pass@img.kookapp.cn/a.png",
  "https://evil.example/img.kookapp.cn/a.png",
  "http://kook.invalid/a.png",
  "http://127.0.0.1:8080/a.png",
  "http://169.254.169.254/latest",
])("nothing is sent to %s", async (url) => {
  const kook = over([image(url)], { [url]: new Response(PNG) });
  expect(await failure(view(kook))).toMatchObject({ name: "ImageError" });
  expect(kook.asked.at(-1)).toMatch(/^direct-message\/view/);
});

test("the base URL's own host is one of the hosts", async () => {
  const url = "https://kook.invalid/attachments/a.png";
  expect(await view(over([image(url)], { [url]: new Response(PNG) }))).toMatchObject({
    mimeType: "image/png",
  });
});

describe("an image is refused", () => {
  const broken = (body: ReadableStreamDefaultController) => body.error(new Error("reset"));

  test.each([
    ["a redirect", new Response(PNG, { status: 302, headers: { Location: URL_OF } }), "redirect"],
    ["an error of the host", new Response("gone", { status: 404 }), "gone"],
    ["a page", new Response("<!doctype html>"), "format"],
    ["an SVG", new Response("<svg xmlns='http://www.w3.org/2000/svg'/>"), "format"],
    ["an empty file", new Response(new Uint8Array()), "format"],
    ["a transfer that breaks off", new Response(new ReadableStream({ pull: broken })), "broken"],
  ])("for %s", async (_, file, reason) => {
    expect(await failure(view(over([image()], { [URL_OF]: file })))).toMatchObject({
      name: "ImageError",
      reason,
    });
  });

  test("that is announced as larger than 700 KB, without asking for it", async () => {
    const kook = over([image(URL_OF, { size: 716_801 })], { [URL_OF]: new Response(PNG) });
    expect(await failure(view(kook))).toMatchObject({ reason: "too_large" });
    expect(kook.asked.at(-1)).toMatch(/^direct-message\/view/);
  });

  test("that goes on after 700 KB, and the rest is not read", async () => {
    let sent = 0;
    let cancelled = false;
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(
          sent === 65_536
            ? Uint8Array.from({ length: 65_536 }, (_, at) => PNG[at] ?? 0)
            : new Uint8Array(65_536),
        );
      },
      cancel() {
        cancelled = true;
      },
    });
    const kook = over([image()], { [URL_OF]: new Response(body) });
    expect(await failure(view(kook))).toMatchObject({ reason: "too_large" });
    expect(sent).toBeLessThan(900_000);
    expect(cancelled).toBe(true);
  });

  test("of exactly 700 KB it is not", async () => {
    const bytes = new Uint8Array(716_800);
    bytes.set(PNG);
    expect((await view(over([image()], { [URL_OF]: new Response(bytes) }))).bytes).toHaveLength(
      716_800,
    );
  });
});

test("a host that does not answer is given up after the timeout", async () => {
  vi.useFakeTimers();
  const viewing = failure(view(over([image()], { [URL_OF]: silent })));
  await vi.advanceTimersByTimeAsync(1_100);
  vi.useRealTimers();
  expect(await viewing).toMatchObject({ name: "TimeoutError" });
});

test("an abort ends the download", async () => {
  const controller = new AbortController();
  const fetch: Fetch = (url, init) => {
    controller.abort();
    return silent(url, init);
  };
  const kook = over([image()], { [URL_OF]: fetch });
  const { signal } = controller;
  const error = await failure(kook.messages.image(address, uuid(1), undefined, { signal }));
  expect(error).toBe(signal.reason);
});

// The files behind the messages' attachments, in this process and over HTTP.
import { inflateSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { type AssetName, attachmentOf } from "../../src/sandbox/assets.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";
import { type Body, items } from "./asking.ts";

async function get(url: string, headers: Record<string, string> = {}) {
  const { signal } = new AbortController();
  const init = { method: "GET", headers, signal, redirect: "manual" } as const;
  const answer = await new Sandbox().fetch(url, init);
  return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
}

const chat_code = DOCUMENTED_CHAT.code;
const urlOf = (name: AssetName) => attachmentOf(name).url;

test("the screenshot is a PNG of the size that its message states", async () => {
  const messages = await items(new Sandbox(), `chat_code=${chat_code}`);
  const [{ url, size, width, height }] = messages.find(({ type }) => type === 2).attachments;
  const { answer, bytes } = await get(url);
  expect(answer.headers.get("Content-Type")).toBe("image/png");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
  expect(bytes.length).toBe(size);
  const data = bytes.subarray(bytes.indexOf("IDAT") + 4, bytes.indexOf("paDd") - 8);
  expect(inflateSync(data)).toHaveLength((width + 1) * height);
});

test.each([
  ["17/photo_69a6841c.jpg", "image/jpeg", "\xff\xd8\xff"],
  ["16/sticker_69a6a01d.gif", "image/gif", "GIF8"],
  ["16/poster_69a6b7e2.webp", "image/webp", "RIFF"],
  ["15/scan_69a6c111.png", "image/png", "\xff\xd8\xff"],
  ["15/invoice_69a6c222.png", "image/png", "<!doctype html>"],
] as const)("%s is sent as %s and begins with %j", async (name, type, start) => {
  const { answer, bytes } = await get(urlOf(name));
  expect(answer.headers.get("Content-Type")).toBe(type);
  expect(bytes.toString("latin1").startsWith(start)).toBe(true);
  expect(bytes.length).toBe(attachmentOf(name).size);
});

test("one image is larger than 700 kB, and one redirects", async () => {
  expect((await get(urlOf("15/desktop_4k_1a2b3c.png"))).bytes.length).toBeGreaterThan(700 * 1024);
  const { answer } = await get(urlOf("14/moved_69a6c333.png"));
  expect(answer.status).toBe(302);
  expect(answer.headers.get("Location")).toMatch(/^\/attachments\//);
});

test("an unknown file is missing, and a request with the token is refused", async () => {
  const url = urlOf("17/photo_69a6841c.jpg");
  expect((await get(`${url}x`)).answer.status).toBe(404);
  expect((await get(url, { Authorization: `Bot ${SANDBOX_TOKEN}` })).answer.status).toBe(400);
});

test("over HTTP the attachments are at the sandbox's own address, and can be sent back", async () => {
  const { url, close } = await serveSandbox(new Sandbox(), 0);
  onTestFinished(close);
  const headers = { Authorization: `Bot ${SANDBOX_TOKEN}` };
  const ask = async (path: string, body?: object): Promise<Body> => {
    const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
    return (await fetch(`${url}/direct-message/${path}`, { ...init, headers })).json();
  };
  const { data } = await ask(`list?chat_code=${chat_code}`);
  const image = data.items.find(({ type }: Body) => type === 2);
  expect(image.content).toBe(image.attachments[0].url);
  expect(new URL(image.content).host).toBe(new URL(url).host);
  const file = await fetch(image.content);
  expect(file.headers.get("Content-Type")).toBe("image/png");
  expect((await file.arrayBuffer()).byteLength).toBe(image.attachments[0].size);

  const own = urlOf("19/guide_0a1b2c.png").replace("https://img.kookapp.cn", new URL(url).origin);
  await ask("create", { chat_code, type: 4, content: own });
  const card = (await ask(`list?chat_code=${chat_code}`)).data.items.at(-1);
  const [{ modules }] = JSON.parse(card.content);
  expect(modules[0]).toMatchObject({ type: "file", src: own, size: 20_480 });
});

// The leak guard and the broadcast guard by themselves.
import { expect, test } from "vitest";
import { LeakGuard } from "../../src/messages/leak-guard.ts";
import { SendLimits } from "../../src/messages/send-limits.ts";

const chat = (n: number) => ({ chat_code: `c${n}`, target_id: `${n}`, username: `u${n}` });
const address = "我家住在北京市朝阳区建国路八号院内三号楼二单元，联系王小明";

/** User 1 says something; is a text to user 2 a leak? */
function leaks(said: string, text: string): boolean {
  const guard = new LeakGuard();
  guard.note(chat(1), { id: "m", fromUser: true, text: said });
  return guard.find(text, chat(2)).length > 0;
}

test("words after an address without white space count: what the user wrote", () => {
  expect(leaks(`看这个https://shop.example，${address}`, address)).toBe(true);
});

test("words after an address without white space count: what the model writes", () => {
  expect(leaks(address, `参考https://shop.example，${address}`)).toBe(true);
});

test("an identity card written with its birthday as a date", () => {
  expect(leaks("440301199001011234", "440301 1990-01-01 1234")).toBe(true);
});

test.each([
  ["each group on a line", "138\n0013\n8000"],
  ["colons", "138:0013:8000"],
  ["a list", "- 138\n- 0013\n- 8000"],
  ["wide gaps", "138      0013      8000"],
])("a phone number in groups: %s", (_, text) => {
  expect(leaks("13800138000", text)).toBe(true);
});

test("answers with different numbers are no broadcast", () => {
  const limits = new SendLimits(100);
  for (let n = 0; n < 8; n++) limits.count(`Your queue number is ${12 + n}. Please wait.`, `${n}`);
});

test("a phone number that two accomplices repeat stays the user's", () => {
  const guard = new LeakGuard();
  for (const n of [1, 3, 4]) guard.note(chat(n), { id: "m", fromUser: true, text: "13800138000" });
  expect(guard.find("13800138000", chat(2))).not.toEqual([]);
});

test("a password in an address", () => {
  expect(
    leaks(
      "https://admin:correcthorsebatterystaple@nas.example/",
      "密码：correcthorsebatterystaple",
    ),
  ).toBe(true);
});

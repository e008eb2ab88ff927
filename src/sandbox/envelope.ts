// Answers as KOOK sends them: success and refusal in its envelope, and the HTML pages of the gateway in front of it.

/** An answer before it gets its envelope. */
export interface Answer {
  /** HTTP status. */
  status: number;
  code: number;
  /** Text; a map or list under some faults, as KOOK sometimes sends. */
  message: unknown;
  data: unknown;
}

export function success(data: unknown): Answer {
  return { status: 200, code: 0, message: "操作成功", data };
}

/** `data` of a refusal repeats the HTTP status, as Yii2's exceptions do. */
function refusal(status: number, code: number, message: string, name: string): Answer {
  return { status, code, message, data: { name, status } };
}

/** KOOK's own words, from logs of its SDKs. */
export const refusals = {
  badToken: refusal(401, 401, "你的用户凭证不正确", "Unauthorized"),
  notFound: refusal(404, 404, "该数据不存在或者你没有权限操作", "Not Found"),
  /** HTTP status inferred: the public logs of this code have none. */
  notVisible: { status: 200, code: 40_012, message: "该数据不存在或者你没有权限操作", data: {} },
  cannotMessage: refusal(400, 40_000, "无法发起私信", "Bad Request"),
  blocked: refusal(400, 40_000, "你已被对方屏蔽", "Bad Request"),
  noAsset: refusal(400, 40_000, "找不到资源", "Bad Request"),
  badCard: { status: 200, code: 40_000, message: "json格式不正确", data: {} },
  /** The words are inferred, the code is Kook.Net's. */
  tooLong: refusal(400, 40_014, "消息内容过长", "Bad Request"),
  tooManyRequests: refusal(429, 429, "请求过于频繁", "Too Many Requests"),
  wrongMethod: refusal(405, 405, "Method Not Allowed", "Method Not Allowed"),
  badRequest: refusal(400, 40_000, "参数错误", "Bad Request"),
  serverError: refusal(500, 500, "系统错误", "Internal Server Error"),
};

export function toResponse(
  { status, ...envelope }: Answer,
  headers: Record<string, string> = {},
  rewrite = (json: string) => json,
): Response {
  return new Response(rewrite(JSON.stringify(envelope)), {
    status,
    headers: { "Content-Type": "application/json; charset=UTF-8", ...headers },
  });
}

export function htmlPage(
  status: number,
  title: string,
  headers: Record<string, string> = {},
): Response {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return new Response(body, { status, headers: { "Content-Type": "text/html", ...headers } });
}

// All that `doctor` says, in English and in Chinese side by side. A pair of texts is a fact and its remedy.
import type { Text } from "../config/settings.ts";
import type { Check } from "./finding.ts";

type WithRemedy = [fact: Text, remedy: Text];

const getToken: Text = {
  en: "To get one: open https://developer.kookapp.cn/app/index, create or choose an application, open 机器人 (bot), copy the token and put it into KOOK_TOKEN.",
  zh: "获取方法：打开 https://developer.kookapp.cn/app/index，新建或选择一个应用，进入「机器人」页面，复制 Token，填入 KOOK_TOKEN。",
};
const copyTokenAgain: Text = {
  en: "Copy the bot's token again from https://developer.kookapp.cn/app/index (应用 → 机器人 → Token), whole and without quotes.",
  zh: "请到 https://developer.kookapp.cn/app/index（应用 → 机器人 → Token）重新复制机器人的 Token，要完整，不带引号。",
};
const checkNetwork: Text = {
  en: "Check the network connection and, if it is set, KOOK_BASE_URL. Where KOOK is reached through a proxy only, set HTTPS_PROXY.",
  zh: "请检查网络连接；如果设置了 KOOK_BASE_URL，也请检查它。若只能通过代理访问 KOOK，请设置 HTTPS_PROXY。",
};
const tryLater: Text = { en: "Try again later.", zh: "请稍后再试。" };

export const nodeWords = {
  fits: (has: string, needed: string): Text => ({
    en: `${has}; ${needed} or later is needed`,
    zh: `${has}，要求 ${needed} 或更高`,
  }),
  old: (has: string, needed: string): WithRemedy => [
    {
      en: `${has} is too old; ${needed} or later is needed`,
      zh: `${has} 版本过低，要求 ${needed} 或更高`,
    },
    {
      en: "Install the current LTS version from https://nodejs.org and start the host anew.",
      zh: "请从 https://nodejs.org 安装当前的 LTS 版本，然后重新启动客户端。",
    },
  ],
};

export const settingWords = {
  wrong: (problem: string): WithRemedy => [
    { en: problem, zh: `有误：${problem}` },
    {
      en: "Correct it, or remove it for the default; as it is, the server does not start.",
      zh: "请改正，或删除它以使用默认值；否则服务器无法启动。",
    },
  ],
  unknown: (name: string, meant: string | undefined): WithRemedy => [
    { en: `${name} is no setting and has no effect`, zh: `没有 ${name} 这个设置，它不起作用` },
    meant === undefined
      ? {
          en: "Remove it if it was meant for this server; --help lists the settings.",
          zh: "如果是为本服务器设置的，请删除；--help 会列出全部设置。",
        }
      : { en: `Write ${meant} if that is meant.`, zh: `如果想设置的是 ${meant}，请改用这个名称。` },
  ],
  unverified: (): WithRemedy => [
    {
      en: "NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off: anybody on the way could read the token",
      zh: "NODE_TLS_REJECT_UNAUTHORIZED=0 关闭了证书校验：网络途中的任何人都可能读到令牌",
    },
    {
      en: "Unset it. For a company's own certificate set NODE_EXTRA_CA_CERTS to its file.",
      zh: "请取消该变量。如需信任公司自己的证书，请把 NODE_EXTRA_CA_CERTS 设为该证书文件。",
    },
  ],
};

export const proxyWords = {
  none: { en: "no proxy", zh: "没有使用代理" },
  through: (variable: string, address: string): Text => ({
    en: `through the proxy ${address} of ${variable}`,
    zh: `经由 ${variable} 指定的代理 ${address}`,
  }),
  exempt: (host: string, variable: string): Text => ({
    en: `no proxy for ${host}: ${variable} exempts it`,
    zh: `${host} 不走代理：${variable} 将其排除`,
  }),
  noAddress: (variable: string): WithRemedy => [
    {
      en: `${variable} holds no proxy address, so no request can be sent`,
      zh: `${variable} 的值不是代理地址，任何请求都发不出去`,
    },
    {
      en: `Write ${variable} as http://host:port, or unset it.`,
      zh: `请把 ${variable} 写成 http://主机:端口 的形式，或取消该变量。`,
    },
  ],
  ignored: (variable: string): WithRemedy => [
    { en: `${variable} is set, but not used`, zh: `设置了 ${variable}，但它不起作用` },
    {
      en: `If KOOK is reached through a proxy only, set HTTPS_PROXY to what ${variable} holds.`,
      zh: `如果只能通过代理访问 KOOK，请把 HTTPS_PROXY 设为与 ${variable} 相同的值。`,
    },
  ],
};

export const connectionWords = {
  sandbox: {
    en: "the built-in sandbox answers; no network is used",
    zh: "内置沙盒有应答；不使用网络",
  },
  answers: (url: string, status: number): Text => ({
    en: `${url} answers (HTTP ${status})`,
    zh: `${url} 有应答（HTTP ${status}）`,
  }),
  unknownHost: (host: string, code: string): WithRemedy => [
    {
      en: `The host name ${host} cannot be resolved (${code})`,
      zh: `无法解析主机名 ${host}（${code}）`,
    },
    checkNetwork,
  ],
  refused: (address: string): WithRemedy => [
    {
      en: `Nothing listens at ${address} (ECONNREFUSED)`,
      zh: `${address} 没有服务在监听（ECONNREFUSED）`,
    },
    checkNetwork,
  ],
  proxyUnreachable: (address: string, code: string): WithRemedy => [
    {
      en: `The proxy ${address} cannot be reached (${code})`,
      zh: `无法连接代理 ${address}（${code}）`,
    },
    {
      en: "Start the proxy program, or correct or unset the variable that names it.",
      zh: "请启动代理程序，或者改正、取消指定它的变量。",
    },
  ],
  proxyRefuses: (address: string, status: string): WithRemedy => [
    {
      en: `The proxy ${address} does not let the request through (HTTP ${status})`,
      zh: `代理 ${address} 不放行请求（HTTP ${status}）`,
    },
    {
      en: "With 407 it wants a user name and a password: http://user:password@host:port. Otherwise ask whoever runs it.",
      zh: "407 表示需要用户名和密码：http://用户名:密码@主机:端口。其他情况请联系代理的管理者。",
    },
  ],
  timedOut: (timeoutMs: number): WithRemedy => [
    { en: `No answer came within ${timeoutMs} ms`, zh: `${timeoutMs} 毫秒内没有应答` },
    {
      en: "Check the network and the proxy; where the way to KOOK is slow, raise KOOK_TIMEOUT_MS.",
      zh: "请检查网络和代理；如果到 KOOK 的线路较慢，请调大 KOOK_TIMEOUT_MS。",
    },
  ],
  failed: (code: string): WithRemedy => [
    { en: `The connection failed (${code})`, zh: `连接失败（${code}）` },
    checkNetwork,
  ],
  notKook: (problem: string): WithRemedy => [
    { en: problem, zh: `应答不是 KOOK API 的：${problem}` },
    {
      en: "Correct KOOK_BASE_URL, or see whether a proxy or a login page of the network answers in KOOK's place.",
      zh: "请改正 KOOK_BASE_URL，或检查是否由代理、网络登录页代替 KOOK 作了应答。",
    },
  ],
};

const ownCertificates: Text = {
  en: "A company's network or a virus scanner may open the connection: set NODE_EXTRA_CA_CERTS to the file of its certificate. Otherwise use another network; do not send the token over this one.",
  zh: "可能是公司网络或杀毒软件在拦截加密连接：请把 NODE_EXTRA_CA_CERTS 设为其证书文件。否则请换一个网络，不要在此网络上发送令牌。",
};

export const tlsWords = {
  accepted: { en: "KOOK's certificate is valid", zh: "KOOK 的证书有效" },
  none: { en: "not used: plain HTTP on this machine", zh: "未使用：本机上的明文 HTTP" },
  outOfTime: (code: string): WithRemedy => [
    {
      en: `The certificate has expired or is not valid yet (${code})`,
      zh: `证书已过期或尚未生效（${code}）`,
    },
    {
      en: "Set this computer's date and time right first; if they are, KOOK or a proxy uses an old certificate.",
      zh: "请先校准本机的日期和时间；如果时间无误，就是 KOOK 或代理使用了过期的证书。",
    },
  ],
  untrusted: (code: string): WithRemedy => [
    {
      en: `The certificate comes from nobody whom Node trusts (${code})`,
      zh: `证书的签发者不受 Node 信任（${code}）`,
    },
    ownCertificates,
  ],
  wrongName: (code: string): WithRemedy => [
    { en: `The certificate is another host's (${code})`, zh: `证书属于另一个主机名（${code}）` },
    {
      en: "Correct KOOK_BASE_URL; if it is right, something on the way answers in KOOK's place: use another network.",
      zh: "请改正 KOOK_BASE_URL；如果它没错，说明途中有别的东西冒充 KOOK 应答，请换一个网络。",
    },
  ],
  noTls: (code: string): WithRemedy => [
    { en: `What answers there does not speak TLS (${code})`, zh: `对方不支持 TLS 加密（${code}）` },
    {
      en: "Check the port and scheme in KOOK_BASE_URL and in the proxy's address.",
      zh: "请检查 KOOK_BASE_URL 和代理地址中的端口与协议。",
    },
  ],
};

export const clockWords = {
  right: (seconds: number): Text => ({
    en: `this computer's clock and KOOK's differ by ${seconds} s`,
    zh: `本机时钟与 KOOK 相差 ${seconds} 秒`,
  }),
  wrong: (seconds: number): WithRemedy => [
    seconds > 0
      ? {
          en: `This computer's clock is ${seconds} s behind KOOK's`,
          zh: `本机时钟比 KOOK 慢 ${seconds} 秒`,
        }
      : {
          en: `This computer's clock is ${-seconds} s ahead of KOOK's`,
          zh: `本机时钟比 KOOK 快 ${-seconds} 秒`,
        },
    {
      en: "Let the system set the time by itself. KOOK's limits are counted in seconds to wait and do not suffer, but certificates fail once the clock is far off.",
      zh: "请让系统自动校时。KOOK 的限速按等待秒数计，不受影响；但时钟偏差太大时证书校验会失败。",
    },
  ],
  untold: { en: "the answer carries no date to compare with", zh: "应答中没有可供比较的日期" },
};

export const latencyWords = {
  fair: (median: number, count: number): Text => ({
    en: `${median} ms, the median of ${count} requests`,
    zh: `${median} 毫秒（${count} 次请求的中位数）`,
  }),
  slow: (median: number, timeoutMs: number): WithRemedy => [
    {
      en: `${median} ms an answer, more than half of the ${timeoutMs} ms after which a request is given up`,
      zh: `每次应答 ${median} 毫秒，已超过请求超时 ${timeoutMs} 毫秒的一半`,
    },
    {
      en: "Raise KOOK_TIMEOUT_MS, or find a faster way to KOOK.",
      zh: "请调大 KOOK_TIMEOUT_MS，或改善到 KOOK 的线路。",
    },
  ],
};

export const rateLimitWords = {
  limits: (remaining: number, limit: number, seconds: number): Text => ({
    en: `${remaining} of ${limit} requests left, full again within ${seconds} s (the limit of user/me; each endpoint has its own)`,
    zh: `剩余 ${remaining}/${limit} 次请求，${seconds} 秒内恢复（这是 user/me 的限额，各接口分别计算）`,
  }),
  low: (remaining: number, limit: number): WithRemedy => [
    {
      en: `Only ${remaining} of ${limit} requests are left`,
      zh: `只剩 ${remaining}/${limit} 次请求`,
    },
    {
      en: "Another program may use the same token, or several hosts run this server; the server waits by itself.",
      zh: "可能有其他程序在用同一个令牌，或有多个客户端同时运行本服务器；服务器会自动等待。",
    },
  ],
  usedUp: (seconds: number): WithRemedy => [
    { en: `The limit is used up for ${seconds} s`, zh: `限额已用尽，还需 ${seconds} 秒` },
    {
      en: "Wait. KOOK disables bots that keep hitting their limits: see which other program uses the token.",
      zh: "请等待。KOOK 会停用反复超限的机器人：请检查还有什么程序在用这个令牌。",
    },
  ],
  untold: { en: "KOOK's answer says nothing of limits", zh: "KOOK 的应答没有给出限速信息" },
};

export const tokenWords = {
  accepted: (bot: string, id: string): Text => ({
    en: `accepted; it is that of the bot ${bot}, id ${id}`,
    zh: `有效：机器人 ${bot}，id ${id}`,
  }),
  person: (name: string, id: string): WithRemedy => [
    {
      en: `The token belongs to the user ${name}, id ${id}, not to a bot`,
      zh: `这个令牌属于用户 ${name}（id ${id}），不是机器人`,
    },
    {
      en: "KOOK's rules want programs to act as bots. Use the token of a bot.",
      zh: "KOOK 的规则要求程序以机器人身份运行，请改用机器人的令牌。",
    },
  ],
  refused: (said: string): WithRemedy => [
    { en: `KOOK does not accept the token: ${said}`, zh: `KOOK 不接受这个令牌：${said}` },
    copyTokenAgain,
  ],
  error: (said: string): WithRemedy => [
    { en: `KOOK answers with an error: ${said}`, zh: `KOOK 返回错误：${said}` },
    tryLater,
  ],
  missing: (): WithRemedy => [{ en: "No token is set", zh: "没有设置令牌" }, getToken],
  elsewhere: {
    en: "none in this shell's environment; the hosts below bring their own",
    zh: "当前终端的环境里没有；下列客户端各自带有令牌",
  },
  unusable: (problem: string): WithRemedy => [
    { en: problem, zh: `令牌不可用：${problem}` },
    copyTokenAgain,
  ],
  placeholder: (): WithRemedy => [
    {
      en: "KOOK_TOKEN still holds a placeholder, not a token",
      zh: "KOOK_TOKEN 里还是占位文字，不是令牌",
    },
    getToken,
  ],
  refusedOdd: (said: string): WithRemedy => [
    {
      en: `KOOK does not accept the token (${said}), and it does not look like one, such as 1/MTIzNDU=/…==`,
      zh: `KOOK 不接受这个令牌（${said}），它也不像机器人令牌（形如 1/MTIzNDU=/…==）`,
    },
    {
      en: "It may be the Client Id, Client Secret or Verify Token of the same page; the bot's token stands under 机器人 → Token.",
      zh: "可能误填了同一页面的 Client Id、Client Secret 或 Verify Token；机器人的令牌在「机器人 → Token」处。",
    },
  ],
  nowhereToGo: {
    en: "not tried, as it is not known where it should go",
    zh: "接口地址有误，未验证",
  },
  unchecked: {
    en: "not tried, as KOOK could not be reached",
    zh: "因无法连接 KOOK，未验证",
  },
};

const restart = {
  en: "Then quit the host and start it again.",
  zh: "改好后请退出客户端再重新打开。",
};
const andRestart = ({ en, zh }: Text): Text => ({
  en: `${en} ${restart.en}`,
  zh: `${zh}${restart.zh}`,
});
const dollar = (name: string) => `$\{${name}}`;
const doubleBackslashes: Text = {
  en: 'In JSON a backslash is written twice: "C:\\\\Users\\\\me\\\\main.js".',
  zh: 'JSON 里反斜杠要写两遍，例如 "C:\\\\Users\\\\me\\\\main.js"。',
};

export const hostWords = {
  absent: (hosts: string[]): Text => ({
    en: `no configuration file found: ${hosts.join(", ")}`,
    zh: `未找到配置文件：${hosts.join("、")}`,
  }),
  unreadable: (code: string): WithRemedy => [
    { en: `the file cannot be read (${code})`, zh: `无法读取该文件（${code}）` },
    { en: "Check who owns it and its permissions.", zh: "请检查它的所有者和权限。" },
  ],
  syntax: (line: number, column: number, code: string): WithRemedy => [
    {
      en: `no valid JSON at line ${line}, column ${column} (${code}), so the host reads nothing of it`,
      zh: `第 ${line} 行第 ${column} 列不是有效的 JSON（${code}），客户端因此读不到任何内容`,
    },
    /Escape|Unicode/.test(code)
      ? andRestart(doubleBackslashes)
      : andRestart({
          en: "Mend it there or just before: a comma too many or too few, a missing quote or bracket, a comment.",
          zh: "请检查该处及其前面：多了或少了逗号、缺引号或括号、或者有注释。",
        }),
  ],
  marked: (): WithRemedy => [
    { en: "the file begins with a byte order mark", zh: "文件以字节顺序标记（BOM）开头" },
    {
      en: "Save it as UTF-8 without BOM: a strict JSON reader stops at the mark.",
      zh: "请另存为不带 BOM 的 UTF-8：严格的 JSON 解析会因它出错。",
    },
  ],
  unnamed: { en: "does not name this server", zh: "没有配置本服务器" },
  unread: (path: string): WithRemedy => [
    {
      en: `this is the file that is read, but the server stands in ${path}`,
      zh: `实际读取的是这个文件，而本服务器却配置在 ${path} 里`,
    },
    andRestart({ en: "Copy the entry into this file.", zh: "请把该条目复制到这个文件。" }),
  ],
  nowhere: (): [Text, Text] => [
    {
      en: "no host's configuration file names this server",
      zh: "没有任何客户端的配置文件配置了本服务器",
    },
    {
      en: "The README says, host by host, what to write and where.",
      zh: "每个客户端该在哪里写什么，见 README。",
    },
  ],
  remote: (): WithRemedy => [
    {
      en: "the entry names a url, but this server speaks stdio only",
      zh: "该条目写的是 url，而本服务器只支持 stdio",
    },
    andRestart({
      en: 'Give it a "command" and "args" instead, as in the README.',
      zh: "请按 README 改写为 command 和 args。",
    }),
  ],
  form: (): WithRemedy => [
    {
      en: 'the entry is not of the form "command": text, "args": list of texts, "env": texts by name',
      zh: "该条目的格式不对：command 应为字符串，args 应为字符串列表，env 应为名称到字符串的映射",
    },
    andRestart({ en: "Write it as in the README.", zh: "请按 README 的样式书写。" }),
  ],
  commandMissing: (command: string): WithRemedy => [
    { en: `the command ${command} does not exist`, zh: `命令 ${command} 不存在` },
    andRestart({
      en: "Install Node from https://nodejs.org, or write the absolute path that `node -p process.execPath` prints.",
      zh: "请从 https://nodejs.org 安装 Node，或写上 `node -p process.execPath` 输出的绝对路径。",
    }),
  ],
  bareScript: (program: string): WithRemedy => [
    {
      en: `on Windows ${program} is a script, which a host may not be able to start by itself`,
      zh: `在 Windows 上 ${program} 是脚本，客户端可能无法直接启动它`,
    },
    andRestart({
      en: `Write "command": "cmd" and put "/c", "${program}" first in "args".`,
      zh: `请写 "command": "cmd"，并在 args 最前面加上 "/c", "${program}"。`,
    }),
  ],
  relativeScript: (script: string): WithRemedy => [
    {
      en: `${script} is no absolute path, and hosts start servers in a folder of their own`,
      zh: `${script} 不是绝对路径，而客户端启动服务器时的当前目录并不固定`,
    },
    andRestart({
      en: "Write the whole path of dist/main.js.",
      zh: "请写 dist/main.js 的完整路径。",
    }),
  ],
  missingScript: (script: string): WithRemedy => [
    { en: `there is no file ${script}`, zh: `文件 ${script} 不存在` },
    andRestart({
      en: "Build it with `npm ci && npm run build` and write the whole path of dist/main.js.",
      zh: "请用 `npm ci && npm run build` 构建，并写上 dist/main.js 的完整路径。",
    }),
  ],
  brokenPath: (): WithRemedy => [
    { en: "a path in the entry holds a control character", zh: "条目中的路径含有控制字符" },
    andRestart(doubleBackslashes),
  ],
  notReplaced: (host: string, texts: string[]): WithRemedy => [
    {
      en: `${host} puts nothing in the place of ${texts.join(", ")}`,
      zh: `${host} 不会替换 ${texts.join("、")}`,
    },
    andRestart({ en: "Write the value itself there.", zh: "请直接写上实际的值。" }),
  ],
  asked: (texts: string[]): Text => ({
    en: `only the host knows the value of ${texts.join(", ")}, so it was not checked`,
    zh: `${texts.join("、")} 的值只有客户端知道，未检查`,
  }),
  settings: (problem: string): WithRemedy => [
    { en: `the server would not start: ${problem}`, zh: `服务器将无法启动：${problem}` },
    andRestart({ en: "Correct or remove it.", zh: "请改正或删除。" }),
  ],
  notServing: (command: string): WithRemedy => [
    {
      en: `the entry starts "${command}", which serves no host`,
      zh: `该条目启动的是 ${command}，不为客户端提供服务`,
    },
    andRestart({ en: `Take "${command}" out of "args".`, zh: `请从 args 中去掉 ${command}。` }),
  ],
  sharedToken: (): WithRemedy => [
    {
      en: "the token stands in a file of the project, where it may be committed and shared",
      zh: "令牌写在项目目录的文件里，可能会随代码提交而泄露",
    },
    {
      en: `Use ${dollar("input:…")} in VS Code, ${dollar("env:…")} in Cursor or ${dollar("KOOK_TOKEN")} in Claude Code, or the person's own file instead.`,
      zh: `VS Code 请用 ${dollar("input:…")}，Cursor 用 ${dollar("env:…")}，Claude Code 用 ${dollar("KOOK_TOKEN")}，或改写在个人的配置文件里。`,
    },
  ],
  sharedAddress: (baseUrl: string): WithRemedy => [
    {
      en: `the project's file sends the token to ${baseUrl}, so it was not tried`,
      zh: `项目目录的文件会把令牌发送到 ${baseUrl}，因此未验证`,
    },
    {
      en: "Let no host start it unless you know that address.",
      zh: "除非认识这个地址，否则不要让客户端启动它。",
    },
  ],
  sharedSource: {
    en: "the project's file takes the token from elsewhere on this computer, so it was not tried",
    zh: "项目目录的文件从本机别处取得令牌，因此未验证",
  },
  address: (baseUrl: string): Text => ({
    en: `its requests go to ${baseUrl}`,
    zh: `请求发往 ${baseUrl}`,
  }),
  noToken: (): WithRemedy => [
    { en: "the entry gives no token", zh: "该条目没有提供令牌" },
    {
      en: `Put it into "env" as KOOK_TOKEN. ${getToken.en}`,
      zh: `请在 env 中写上 KOOK_TOKEN。${getToken.zh}`,
    },
  ],
  tokenOfShell: (): WithRemedy => [
    {
      en: "the entry gives no token; one is set in this shell, which the host may not pass on",
      zh: "该条目没有提供令牌；当前终端里有，但客户端未必会传递它",
    },
    andRestart({ en: 'Put it into "env" as KOOK_TOKEN.', zh: "请在 env 中写上 KOOK_TOKEN。" }),
  ],
  starts: (command: string): Text => ({ en: `starts ${command}`, zh: `启动 ${command}` }),
  sandbox: { en: "uses the sandbox and needs no token", zh: "使用沙盒，不需要令牌" },
  notTried: {
    en: "not tried, because of --sandbox",
    zh: "因为使用了 --sandbox，未验证",
  },
};

export const reportWords = {
  settings: { en: "Settings", zh: "设置" },
  checks: { en: "Checks", zh: "检查" },
  hosts: { en: "Hosts", zh: "客户端" },
  present: { en: "set, not shown", zh: "已设置（不显示）" },
  source: {
    flag: { en: "flag", zh: "命令行参数" },
    environment: { en: "environment", zh: "环境变量" },
    default: { en: "default", zh: "默认" },
    unset: { en: "not set", zh: "未设置" },
  },
  check: {
    node: { en: "Node", zh: "Node" },
    settings: { en: "settings", zh: "设置" },
    proxy: { en: "proxy", zh: "代理" },
    connection: { en: "KOOK", zh: "KOOK" },
    tls: { en: "TLS", zh: "TLS" },
    clock: { en: "clock", zh: "时钟" },
    token: { en: "token", zh: "令牌" },
    latency: { en: "latency", zh: "延迟" },
    "rate-limit": { en: "rate limit", zh: "限速" },
  } satisfies Partial<Record<Check, Text>>,
  colon: { en: ": ", zh: "：" },
  bracketed: (text: string): Text => ({ en: `(${text})`, zh: `（${text}）` }),
  works: { en: "Nothing was found that keeps it from working.", zh: "没有发现妨碍运行的问题。" },
  broken: (errors: number): Text => ({
    en: `${errors === 1 ? "1 problem keeps" : `${errors} problems keep`} it from working; what to do stands below each.`,
    zh: `有 ${errors} 个问题会妨碍运行，解决办法写在各条下面。`,
  }),
  warnings: (count: number): Text => ({
    en: `${count === 1 ? "1 warning" : `${count} warnings`}.`,
    zh: `有 ${count} 条警告。`,
  }),
};

// doctor 的全部中文文字；英文见 messages.en.ts。字符串是一条事实；有问题时，fact 是事实，fix 是解决办法。
// biome-ignore-all format: 一条消息占一两行，便于从上往下读。
import { httpVariable, type Messages } from "./messages.en.ts";

const copyToken = "请到 https://developer.kookapp.cn/app/index → 应用 → 机器人 → Token 重新复制，要复制完整。";
const getToken = "请打开 https://developer.kookapp.cn/app/index，新建或选择一个应用，进入“机器人”页面，复制 Token，填入 KOOK_TOKEN。";
const checkNetwork = "请检查网络连接；如果设置了 KOOK_BASE_URL，也请检查它。若只能通过代理访问 KOOK，请设置 HTTPS_PROXY。";
const backslashes = '每个反斜杠都要写两遍："C:\\\\Users\\\\me\\\\kook-chat-mcp\\\\dist\\\\main.js"。';
const build = "请用 `npm ci && npm run build` 构建，然后写 dist/main.js 的完整路径。";

export const zh = {
  node: {
    fits: (version, needed) => `${version}（要求 ${needed} 或更高）`,
    old: (version, needed) => ({ fact: `${version} 版本过低，要求 ${needed} 或更高`,
      fix: "请从 https://nodejs.org 安装当前的 LTS 版本，然后重启客户端。" }),
    jitless: { fact: "Node 没有启用 WebAssembly（--jitless），请求发不出去", fix: "请从 NODE_OPTIONS 和客户端的条目里删除 --jitless。" },
  },

  settings: {
    wrong: ({ named, shown, help }) => ({ fact: shown === undefined ? `${named} 的值无效` : `${named} 的值无效：${shown}`,
      fix: `请改正，或删除它以使用默认值；在此之前所有调用都会失败。${named}：${help.zh.replaceAll("`", "")}。` }),
    misspelt: (name, meant) => ({ fact: `没有 ${name} 这个设置`, fix: `请改名为 ${meant}，或删除它；在此之前所有调用都会失败。` }),
    unknown: (name) => ({ fact: `没有 ${name} 这个设置，它不起作用`, fix: "如果是为本程序设置的，请删除；--help 列出全部设置。" }),
    ignored: (name, passed, state) => ({ fact: `${name} 的值是 ${passed}，视为未设置：这项限制为 ${state}`, fix: "请写上值，或删除它。" }),
    baseUrlPath: (named) => ({ fact: `${named} 没有以 /api/v3 结尾`,
      fix: "KOOK 的接口地址是 https://www.kookapp.cn/api/v3。请补上 /api/v3，或删除这个设置。" }),
    unverified: { fact: "NODE_TLS_REJECT_UNAUTHORIZED=0 关闭了证书校验：网络途中的任何人都能读到 Token",
      fix: "请删除该变量。如需信任公司的证书，请把 NODE_EXTRA_CA_CERTS 设为证书文件。" },
  },

  proxy: {
    none: "没有使用",
    through: (variable, address) => `请求经由 ${address}（${variable}）`,
    exempt: (host, variable) => `${host} 不走代理（${variable}）`,
    unusable: (variable, problem) => ({ fact: `${variable} ${{ socks: "是 SOCKS 代理，本程序不支持", scheme: "的协议本程序不支持", no_address: "的值不是代理地址" }[problem]}，请求发不出去`,
      fix: `请设置 HTTP 代理，例如 ${httpVariable(variable)}=http://127.0.0.1:7890，或删除该变量。` }),
    credentials: (variable) => ({ fact: `${variable} 的用户名或密码里有单独的 %，请求发不出去`, fix: "请把 % 写成 %25。" }),
  },

  connection: {
    sandbox: "内置沙盒有响应；不使用网络",
    noAddress: "未检查：KOOK_BASE_URL 无效",
    noProxy: "未检查：代理无法使用",
    answers: (url, status) => `${url} 有响应（HTTP ${status}）`,
    unknownHost: (host, code) => ({ fact: `无法解析主机名 ${host}（${code}）`, fix: checkNetwork }),
    refused: (address) => ({ fact: `${address} 上没有程序在监听（ECONNREFUSED）`, fix: checkNetwork }),
    proxyUnreachable: (address, code) => ({ fact: `无法连接代理 ${address}（${code}）`, fix: "请启动代理程序，或者改正、删除指定它的变量。" }),
    proxyRefuses: (address, status) => ({ fact: `代理 ${address} 拒绝了请求（HTTP ${status}）`,
      fix: status === "407" ? "请补上代理的用户名和密码：http://用户名:密码@主机:端口。" : "请联系代理的管理者。" }),
    timedOut: (timeoutMs) => ({ fact: `${timeoutMs} 毫秒内没有响应`, fix: "请检查网络和代理；如果到 KOOK 的线路较慢，请调大 KOOK_TIMEOUT_MS。" }),
    incomplete: { fact: "安装不完整：dist 里缺少文件，请求发不出去", fix: "请重新安装或构建。" },
    failed: (code) => ({ fact: `连接失败（${code}）`, fix: checkNetwork }),
    notKook: (status) => ({ fact: `响应不是来自 KOOK 的接口（HTTP ${status}）`,
      fix: "请改正 KOOK_BASE_URL；如果它没错，就是代理或网络的登录页代替 KOOK 作了响应。" }),
  },

  tls: {
    accepted: "KOOK 的证书有效",
    outOfTime: (code) => ({ fact: `证书已过期或尚未生效（${code}）`, fix: "请校准本机的日期和时间；如果时间无误，就是 KOOK 或代理使用了过期的证书。" }),
    untrusted: (code) => ({ fact: `Node 不信任证书的签发者（${code}）`,
      fix: "可能是公司网络或杀毒软件在拦截加密连接：请把 NODE_EXTRA_CA_CERTS 设为它的证书文件。否则请换一个网络，不要在这个网络上发送 Token。" }),
    wrongName: (code) => ({ fact: `证书属于另一个主机名（${code}）`, fix: "请改正 KOOK_BASE_URL；如果它没错，就是有别的程序冒充 KOOK 响应，请换一个网络。" }),
    noTls: (code) => ({ fact: `对方不支持 TLS（${code}）`, fix: "请检查 KOOK_BASE_URL 和代理地址中的端口与协议。" }),
  },

  clock: {
    right: (seconds) => `与 KOOK 相差 ${seconds} 秒`,
    wrong: (seconds, isBehind) => ({ fact: `本机时钟比 KOOK ${isBehind ? "慢" : "快"} ${seconds} 秒`, fix: "请开启自动校时。时钟偏差太大时，证书校验会失败。" }),
    unknown: "未检查：响应中没有日期",
  },

  latency: {
    fair: (median, count) => `${median} 毫秒（${count} 次请求的中位数）`,
    slow: (median, timeoutMs) => ({ fact: `每次请求 ${median} 毫秒，超过了超时时间 ${timeoutMs} 毫秒的一半`,
      fix: "请调大 KOOK_TIMEOUT_MS，或改善到 KOOK 的线路。" }),
  },

  rateLimit: {
    limits: (remaining, limit, seconds) => `剩余 ${remaining}/${limit} 次请求，${seconds} 秒内恢复（这是 user/me 的限额，各接口分别计算）`,
    low: (remaining, limit) => ({ fact: `只剩 ${remaining}/${limit} 次请求`,
      fix: "可能有其他程序在用同一个 Token，或有多个客户端同时运行本程序。限额用完时，本程序会自动等待。" }),
    usedUp: (seconds) => ({ fact: `限额已用完，还需等待 ${seconds} 秒`, fix: "请等待，并查明还有什么程序在用这个 Token：KOOK 会停用反复超限的机器人。" }),
    unknown: "KOOK 的响应没有给出限速信息",
  },

  token: {
    accepted: (bot, id) => `有效：机器人 ${bot}，id ${id}`,
    person: (name, id) => ({ fact: `这个 Token 属于用户 ${name}（id ${id}），不是机器人`, fix: "请改用机器人的 Token：KOOK 的规则要求程序以机器人身份运行。" }),
    refused: (said) => ({ fact: `KOOK 拒绝了这个 Token：${said}`, fix: copyToken }),
    refusedOther: (said) => ({ fact: `KOOK 拒绝了这个 Token（${said}），它也不是机器人 Token 的格式（形如 1/MTIzNDU=/…==）`,
      fix: `${copyToken}同一应用里的 Client Id、Client Secret 和 Verify Token 都不是 Token。` }),
    error: (said) => ({ fact: `KOOK 返回错误：${said}`, fix: "请稍后再试。" }),
    missing: { fact: "没有设置 Token", fix: getToken },
    elsewhere: { fact: "未检查：当前终端里没有设置；下列条目各自带有 Token", fix: "要向 KOOK 验证 Token，请在当前终端里设置 KOOK_TOKEN，再运行一次 doctor。" },
    unusable: () => ({ fact: "Token 为空、无法读取，或中间含有空格、换行等 Token 里没有的字符", fix: copyToken }),
    placeholder: { fact: "KOOK_TOKEN 还是占位文字，不是 Token", fix: getToken },
    quoted: { fact: "KOOK_TOKEN 的值里面带有引号", fix: "请去掉里面的引号，只留 Token 本身。" },
    tilde: (path) => ({ fact: `找不到 Token 文件 ${path}：这里不会展开 ~`, fix: "请写完整路径。" }),
    fileMissing: (path) => ({ fact: `Token 文件 ${path} 不存在`, fix: "请改正路径，或新建这个文件，只写入 Token。" }),
    fileIsFolder: (path) => ({ fact: `Token 文件 ${path} 是一个文件夹`, fix: "请写存放 Token 的文件的路径。" }),
    unreachable: "未检查：无法连接 KOOK",
  },

  hosts: {
    notFound: "没有这个文件",
    noEntry: "有这个文件，其中没有本程序的条目",
    nowhere: { fact: "以上文件里都没有本程序的条目；其他客户端的文件不在检查之列", fix: "每个客户端该在哪里写什么，见 README.zh-CN.md 和 docs/hosts.zh-CN.md。" },
    folderDeleted: { fact: "当前文件夹已被删除，因此没有检查项目里的文件", fix: "请进入一个存在的文件夹，再运行一次 doctor。" },
    unreadable: (code) => ({ fact: `无法读取这个文件（${code}）`, fix: "请检查它的所有者和权限。" }),
    notAFile: { fact: "这是文件夹或设备，而客户端需要的是文件", fix: "请把它改名或删除，再新建配置文件。" },
    tooLarge: { fact: "未检查：文件太大", fix: "配置文件通常只有几 KB，请看看是什么占满了它。" },
    utf16: { fact: "文件是 UTF-16 编码，客户端读不了。PowerShell 5 的 > 和 Out-File 会写成这种编码", fix: "请另存为 UTF-8；编辑器有“无 BOM”选项时请选它。" },
    byteOrderMark: { fact: "文件以字节顺序标记（BOM）开头，严格的解析程序会报错", fix: "请另存为不带 BOM 的 UTF-8。" },
    tooDeep: { fact: "文件嵌套太深，无法解析", fix: "请删除多余的括号：一个条目只需要四层。" },
    syntax: (line, column, reason) => ({ fact: `第 ${line} 行第 ${column} 列有语法错误（${reason}），客户端因此读不到任何内容`,
      fix: "请检查该处及其前面：逗号、引号或括号多了或少了，或者有注释。" }),
    escape: (line, column, reason) => ({ fact: `第 ${line} 行第 ${column} 列有语法错误（${reason}），客户端因此读不到任何内容`, fix: backslashes }),
    wrongKey: ({ name, found, host, key, example }) => ({ fact: `条目 ${name} 写在 "${found}" 下面，而 ${host} 读取的是 "${key}"`,
      fix: `请移到 "${key}" 下面：${example}` }),
    topLevel: (name, host, example) => ({ fact: `条目 ${name} 写在最外层，${host} 不读那里`, fix: `请在外面加一层：${example}` }),
    list: (found, example) => ({ fact: `${found && `"${found}" 下面的`}服务写成了列表`, fix: `请写成名称到条目的映射：${example}` }),
  },

  entry: {
    starts: (command) => `启动 ${command}`,
    remote: { fact: "条目里写的是 url，而本程序只支持 stdio", fix: "请按 README.zh-CN.md 改写为 command 和 args。" },
    argsAsText: (example) => ({ fact: "args 写成了一个字符串", fix: `请写成列表，每项一个参数：${example}。` }),
    form: { fact: "条目的格式不对：command 应为字符串，args 应为字符串列表，env 应为名称到字符串的映射", fix: "请按 README.zh-CN.md 的样式书写；env 里的数字要加引号。" },
    escape: { fact: "条目中的路径含有控制字符", fix: backslashes },
    commandLine: (command, example) => ({ fact: `command 里写了整条命令：${command}`,
      fix: `请在 command 里只写程序名，把路径放进 args：${example}。` }),
    unpublished: (example) => ({ fact: "kook-chat-mcp 没有发布：谁用这个名字注册了包，这个条目就会运行谁的代码，并把你的 Token 交给它",
      fix: `请改为启动构建好的文件：${example}。` }),
    commandMissing: (command) => ({ fact: `程序 ${command} 不存在`,
      fix: '请写 "node"，或 `node -p process.execPath` 输出的路径。如果没有 Node，请从 https://nodejs.org 安装。' }),
    noScript: { fact: "args 里没有要 Node 运行的文件", fix: build },
    scriptRelative: (script) => ({ fact: `${script} 不是完整路径，而客户端启动本程序时的当前文件夹并不固定`, fix: "请写 dist/main.js 的完整路径；这里不会展开 ~。" }),
    scriptMissing: (script) => ({ fact: `文件 ${script} 不存在`, fix: build }),
    scriptIsFolder: (script) => ({ fact: `${script} 是一个文件夹`, fix: build }),
    notFilled: (host, variable) => ({ fact: `${host} 不会替换 ${variable}`, fix: "请直接写实际的值。" }),
    noInput: (id) => ({ fact: `这个文件里没有声明 \${input:${id}}`,
      fix: `请在 inputs 里加上 ${id}：{ "type": "promptString", "id": "${id}", "description": "KOOK 机器人 Token", "password": true }` }),
    flags: ({ zh }) => ({ fact: `args 里的参数有误：${zh}`, fix: "请改正或删除；在此之前所有调用都会失败。" }),
    command: (command) => ({ fact: `条目启动的是 ${command}，它不为客户端提供服务`,
      fix: `请从 args 中删除 ${command}。${command === "sandbox" ? "想用模拟的会话，请写 --sandbox。" : ""}` }),
    tokenShared: { fact: "Token 写在项目的文件里，可能会随代码提交而泄露", fix: "请把条目移到个人的配置文件里，或让客户端填入 Token；每个客户端的例子见 docs/hosts.zh-CN.md。" },
    tokenMissing: { fact: "条目里没有 Token", fix: `请在 env 里加上 KOOK_TOKEN。${getToken}` },
    tokenOfShell: { fact: "条目里没有 Token；当前终端里有，但客户端不一定会传给本程序", fix: "请在 env 里加上 KOOK_TOKEN。" },
    filled: "环境变量由客户端填入，未检查它们的值",
    sandbox: "使用沙盒，不需要 Token",
  },

  report: {
    settings: "设置",
    checks: "检查",
    check: {
      node: "Node",
      settings: "设置",
      proxy: "代理",
      connection: "KOOK",
      tls: "TLS",
      clock: "时钟",
      token: "Token",
      latency: "延迟",
      "rate-limit": "限速",
      host: "客户端",
    },
    colon: "：",
    source: { flag: "命令行参数", environment: "环境变量", default: "默认", unset: "未设置" },
    present: "已设置（不显示）",
    bracketed: (text) => `（${text}）`,
    defaults: "其余均为默认值；--verbose 显示全部。",
    allDefaults: "均为默认值；--verbose 显示全部。",
    works: "没有发现问题。",
    broken: (errors) => `有 ${errors} 个问题。`,
    warnings: (count) => `有 ${count} 条警告。`,
    restart: "修改客户端的文件后，请退出客户端再重新打开。",
  },
} satisfies Messages;

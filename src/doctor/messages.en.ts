// Everything that doctor says, in English; messages.zh.ts has the same in Chinese. A string is a fact. A problem has a fact
// and its fix.
// biome-ignore-all format: one or two lines a message read as a table.
import type { Text } from "../config/settings.ts";

const copyToken = "Copy the bot's token again, all of it, from https://developer.kookapp.cn/app/index → your application → 机器人 (Bot) → Token.";
const getToken = "Open https://developer.kookapp.cn/app/index, create or choose an application, open 机器人 (Bot), copy the token and set KOOK_TOKEN to it.";
const checkNetwork = "Check the network connection, and KOOK_BASE_URL if you set it. If only a proxy reaches KOOK, set HTTPS_PROXY.";
const backslashes = 'Write each backslash twice: "C:\\\\Users\\\\me\\\\kook-chat-mcp\\\\dist\\\\main.js".';
const build = "Build the server with `npm ci && npm run build`, and write the full path of dist/main.js.";

/** HTTPS_PROXY wins over ALL_PROXY, which other programs may need as it is. */
export const httpVariable = (variable: string) => (/^all_proxy$/i.test(variable) ? "HTTPS_PROXY" : variable);

export interface WrongSetting {
  /** The variable or flag. */
  named: string;
  problem: string;
  /** The wrong value, if it may be shown. */
  shown: string | undefined;
  help: Text;
}

export interface WrongKey {
  name: string;
  found: string;
  host: string;
  key: string;
  example: string;
}

export const en = {
  node: {
    fits: (version: string, needed: string) => `${version} (needs ${needed} or later)`,
    old: (version: string, needed: string) => ({ fact: `${version} is too old: ${needed} or later is needed`,
      fix: "Install the current LTS version from https://nodejs.org, then restart the host." }),
    jitless: { fact: "Node runs without WebAssembly (--jitless), so no request can be sent", fix: "Remove --jitless from NODE_OPTIONS and from the host's entry." },
  },

  settings: {
    wrong: ({ problem }: WrongSetting) => ({ fact: problem,
      fix: "Correct it, or remove it to use the default. Until then every call fails." }),
    misspelt: (name: string, meant: string) => ({ fact: `${name} is not a setting`,
      fix: `Rename it to ${meant}, or remove it. Until then every call fails.` }),
    unknown: (name: string) => ({ fact: `${name} is not a setting and has no effect`,
      fix: "Remove it if you set it for this server; --help lists the settings." }),
    ignored: (name: string, passed: string, state: string) => ({ fact: `${name} is ${passed}, which counts as not set: this guard is ${state}`,
      fix: "Give it a value, or remove it." }),
    baseUrlPath: (named: string) => ({ fact: `${named} does not end in /api/v3`,
      fix: "KOOK's API is at https://www.kookapp.cn/api/v3. Add /api/v3, or remove the setting." }),
    unverified: { fact: "NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off: anyone on the network path can read the token",
      fix: "Remove it. To trust a company's certificate, set NODE_EXTRA_CA_CERTS to its file." },
  },

  proxy: {
    none: "none",
    through: (variable: string, address: string) => `requests use ${address} (${variable})`,
    exempt: (host: string, variable: string) => `not used for ${host} (${variable})`,
    unusable: (variable: string, problem: "socks" | "scheme" | "no_address") => ({ fact: `${variable} ${{ socks: "is a SOCKS proxy, which this server cannot use", scheme: "has a scheme that this server cannot use", no_address: "is not a proxy address" }[problem]}, so no request can be sent`,
      fix: `Set an HTTP proxy, for example ${httpVariable(variable)}=http://127.0.0.1:7890, or remove the variable.` }),
    credentials: (variable: string) => ({ fact: `${variable} has a bare % in its user name or password, so no request can be sent`, fix: "Write %25 instead of %." }),
  },

  connection: {
    sandbox: "the built-in sandbox answers; the network is not used",
    noAddress: "not checked: KOOK_BASE_URL is invalid",
    noProxy: "not checked: the proxy cannot be used",
    answers: (url: string, status: number) => `${url} answers (HTTP ${status})`,
    unknownHost: (host: string, code: string) => ({ fact: `The host name ${host} cannot be resolved (${code})`,
      fix: checkNetwork }),
    refused: (address: string) => ({ fact: `Nothing listens at ${address} (ECONNREFUSED)`, fix: checkNetwork }),
    proxyUnreachable: (address: string, code: string) => ({ fact: `The proxy ${address} cannot be reached (${code})`,
      fix: "Start the proxy program, or correct or remove the variable that names it." }),
    proxyRefuses: (address: string, status: string) => ({ fact: `The proxy ${address} refuses the request (HTTP ${status})`,
      fix: status === "407" ? "Add the proxy's user name and password: http://user:password@host:port." : "Ask the person who runs the proxy." }),
    timedOut: (timeoutMs: number) => ({ fact: `No response within ${timeoutMs} ms`,
      fix: "Check the network and the proxy. If the connection to KOOK is slow, raise KOOK_TIMEOUT_MS." }),
    incomplete: { fact: "The installation is incomplete: a file is missing in dist, so no request can be sent", fix: "Install or build it again." },
    failed: (code: string) => ({ fact: `The connection failed (${code})`, fix: checkNetwork }),
    notKook: (status: number) => ({ fact: `The response (HTTP ${status}) is not from KOOK's API`,
      fix: "Correct KOOK_BASE_URL. If it is right, a proxy or the network's login page answers instead of KOOK." }),
  },

  tls: {
    accepted: "KOOK's certificate is valid",
    outOfTime: (code: string) => ({ fact: `The certificate has expired or is not valid yet (${code})`,
      fix: "Correct this computer's date and time. If they are right, KOOK or a proxy uses an expired certificate." }),
    untrusted: (code: string) => ({ fact: `Node does not trust the certificate's issuer (${code})`,
      fix: "A company network or a virus scanner may intercept the connection: set NODE_EXTRA_CA_CERTS to its certificate file. Otherwise use another network, and do not send the token over this one." }),
    wrongName: (code: string) => ({ fact: `The certificate is for another host name (${code})`,
      fix: "Correct KOOK_BASE_URL. If it is right, something else answers instead of KOOK: use another network." }),
    noTls: (code: string) => ({ fact: `The other side does not speak TLS (${code})`,
      fix: "Check the port and the scheme in KOOK_BASE_URL and in the proxy's address." }),
  },

  clock: {
    right: (seconds: number) => `${seconds} s off KOOK's clock`,
    wrong: (seconds: number, isBehind: boolean) => ({ fact: `This computer's clock is ${seconds} s ${isBehind ? "behind" : "ahead of"} KOOK's`,
      fix: "Turn on automatic time. If the clock is far off, certificate checks fail." }),
    unknown: "not checked: the response has no date",
  },

  latency: {
    fair: (median: number, count: number) => `${median} ms (median of ${count} requests)`,
    slow: (median: number, timeoutMs: number) => ({ fact: `${median} ms a request, more than half of the timeout of ${timeoutMs} ms`,
      fix: "Raise KOOK_TIMEOUT_MS, or use a faster connection to KOOK." }),
  },

  rateLimit: {
    limits: (remaining: number, limit: number, seconds: number) => `${remaining} of ${limit} requests left, full again within ${seconds} s (for user/me; each endpoint has its own limit)`,
    low: (remaining: number, limit: number) => ({ fact: `Only ${remaining} of ${limit} requests are left`,
      fix: "Another program may use the same token, or several hosts run this server. The server waits when the limit is used up." }),
    usedUp: (seconds: number) => ({ fact: `The rate limit is used up for ${seconds} s`,
      fix: "Wait, and find out which other program uses the token: KOOK disables bots that exceed their limits again and again." }),
    unknown: "KOOK's response has no limits",
  },

  token: {
    accepted: (bot: string, id: string) => `accepted: bot ${bot}, id ${id}`,
    person: (name: string, id: string) => ({ fact: `The token belongs to the user ${name}, id ${id}, not to a bot`,
      fix: "Use a bot's token: KOOK's rules require programs to act as bots." }),
    refused: (said: string) => ({ fact: `KOOK refuses the token: ${said}`, fix: copyToken }),
    refusedOther: (said: string) => ({ fact: `KOOK refuses the token (${said}), and it does not have the form of a bot token, such as 1/MTIzNDU=/…==`,
      fix: `${copyToken} The Client Id, Client Secret and Verify Token in the same application are not tokens.` }),
    error: (said: string) => ({ fact: `KOOK answers with an error: ${said}`, fix: "Try later." }),
    missing: { fact: "No token is set", fix: getToken },
    elsewhere: { fact: "not checked: not set in this shell; entries below bring their own",
      fix: "To check a token with KOOK, set KOOK_TOKEN in this shell and run doctor again." },
    unusable: (problem: string) => ({ fact: problem, fix: copyToken }),
    placeholder: { fact: "KOOK_TOKEN is a placeholder, not a token", fix: getToken },
    quoted: { fact: "KOOK_TOKEN has quotation marks inside its value",
      fix: "Remove the inner quotation marks: the value is the token alone." },
    tilde: (path: string) => ({ fact: `The token file ${path} is not found: ~ is not expanded here`,
      fix: "Write the full path." }),
    fileMissing: (path: string) => ({ fact: `The token file ${path} does not exist`,
      fix: "Correct the path, or create the file with the token as its only content." }),
    fileIsFolder: (path: string) => ({ fact: `The token file ${path} is a folder`,
      fix: "Write the path of the file that holds the token." }),
    unreachable: "not checked: KOOK cannot be reached",
  },

  hosts: {
    notFound: "not found",
    noEntry: "found, no entry for this server",
    nowhere: { fact: "no entry for this server in any of these files; files of other hosts are not read",
      fix: "README.md and docs/hosts.md say what to write, and where, for each host." },
    folderDeleted: { fact: "The current folder was deleted, so no project's files were looked at",
      fix: "Change to a folder that exists, and run doctor again." },
    unreadable: (code: string) => ({ fact: `The file cannot be read (${code})`, fix: "Check its owner and permissions." }),
    notAFile: { fact: "This is a folder or a device, but the host needs a file",
      fix: "Rename or remove it, and create the configuration file." },
    tooLarge: { fact: "not checked: the file is too large",
      fix: "A configuration file has a few kilobytes. See what fills it." },
    utf16: { fact: "The file is UTF-16, so the host cannot read it. PowerShell 5 writes this with > and Out-File",
      fix: "Save it as UTF-8, without BOM where the editor offers it." },
    byteOrderMark: { fact: "The file begins with a byte order mark (BOM), which a strict parser refuses",
      fix: "Save it as UTF-8 without BOM." },
    tooDeep: { fact: "The file is nested too deeply to be parsed",
      fix: "Remove the nested brackets: an entry needs four levels." },
    syntax: (line: number, column: number, reason: string) => ({ fact: `Invalid syntax at line ${line}, column ${column} (${reason}), so the host reads nothing from the file`,
      fix: "Look there and just before it for a surplus or missing comma, quotation mark or bracket, or a comment." }),
    escape: (line: number, column: number, reason: string) => ({ fact: `Invalid syntax at line ${line}, column ${column} (${reason}), so the host reads nothing from the file`,
      fix: backslashes }),
    wrongKey: ({ name, found, host, key, example }: WrongKey) => ({ fact: `The entry ${name} is under "${found}", but ${host} reads "${key}"`,
      fix: `Move it to "${key}": ${example}` }),
    topLevel: (name: string, host: string, example: string) => ({ fact: `The entry ${name} is at the top level, where ${host} does not look`,
      fix: `Put it inside the outer key: ${example}` }),
    list: (found: string, example: string) => ({ fact: `The servers${found && ` under "${found}"`} are a list`,
      fix: `Write a map from name to entry: ${example}` }),
  },

  entry: {
    starts: (command: string) => `starts ${command}`,
    remote: { fact: 'The entry has a "url", but this server speaks stdio only',
      fix: 'Replace it with "command" and "args", as in README.md.' },
    argsAsText: (example: string) => ({ fact: '"args" is one text',
      fix: `Write a list, one argument each: ${example}.` }),
    form: { fact: 'The entry does not have the form "command": text, "args": list of texts, "env": map of texts',
      fix: "Write it as in README.md. Numbers in env need quotation marks." },
    escape: { fact: "A path in the entry has a control character", fix: backslashes },
    commandLine: (command: string, example: string) => ({ fact: `"command" is a whole command line: ${command}`,
      fix: `Write the program alone into "command", and put the path into "args": ${example}.` }),
    unpublished: (example: string) => ({ fact: "kook-chat-mcp is not published: this entry would run any code that a stranger registers under that name, with your token",
      fix: `Start the built file instead: ${example}.` }),
    commandMissing: (command: string) => ({ fact: `The program ${command} does not exist`,
      fix: 'Write "node", or the path that `node -p process.execPath` prints. If there is no Node, install it from https://nodejs.org.' }),
    noScript: { fact: '"args" names no file for Node to run', fix: build },
    scriptRelative: (script: string) => ({ fact: `${script} is not a full path, and hosts start servers in varying folders`,
      fix: "Write the full path of dist/main.js. ~ is not expanded." }),
    scriptMissing: (script: string) => ({ fact: `The file ${script} does not exist`, fix: build }),
    scriptIsFolder: (script: string) => ({ fact: `${script} is a folder`, fix: build }),
    notFilled: (host: string, variable: string) => ({ fact: `${host} does not replace ${variable}`,
      fix: "Write the value itself." }),
    noInput: (id: string) => ({ fact: `\${input:${id}} is not declared in this file`,
      fix: `Add the input ${id} under "inputs": { "type": "promptString", "id": "${id}", "description": "KOOK bot token", "password": true }` }),
    flags: ({ en }: Text) => ({ fact: en, fix: 'Correct or remove it in "args". Until then every call fails.' }),
    command: (command: string) => ({ fact: `The entry starts "${command}", which does not serve a host`,
      fix: `Remove "${command}" from "args".${command === "sandbox" ? ' For made-up chats, write "--sandbox".' : ""}` }),
    tokenShared: { fact: "The token is in a file of the project, where it may be committed",
      fix: "Move the entry to your own file, or let the host fill in the token; docs/hosts.md has an example for each host." },
    tokenMissing: { fact: "The entry has no token", fix: `Add KOOK_TOKEN to "env". ${getToken}` },
    tokenOfShell: { fact: "The entry has no token. This shell has one, but the host may not pass it on",
      fix: 'Add KOOK_TOKEN to "env".' },
    filled: "the host fills in the environment, so its values were not checked",
    sandbox: "uses the sandbox; needs no token",
  },

  report: {
    settings: "Settings",
    checks: "Checks",
    check: {
      node: "Node",
      settings: "settings",
      proxy: "proxy",
      connection: "KOOK",
      tls: "TLS",
      clock: "clock",
      token: "token",
      latency: "latency",
      "rate-limit": "rate limit",
      host: "Hosts",
    },
    colon: ": ",
    source: { flag: "flag", environment: "environment", default: "default", unset: "not set" },
    present: "set, not shown",
    bracketed: (text: string) => `(${text})`,
    defaults: "All others have their default; --verbose shows them.",
    allDefaults: "All have their default; --verbose shows them.",
    works: "No problem found.",
    broken: (errors: number) => (errors === 1 ? "1 problem." : `${errors} problems.`),
    warnings: (count: number) => (count === 1 ? "1 warning." : `${count} warnings.`),
    restart: "After a change in a host's file, quit the host and start it again.",
  },
};

export type Messages = typeof en;

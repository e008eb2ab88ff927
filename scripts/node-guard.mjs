// The first thing that the built file does: say in words that Node is too old, before it fails on something that it lacks.

/**
 * Code for the top of the built file, in a syntax that every Node can read.
 * @param {string} needed lowest version that will do, e.g. `20.18.1`
 */
export function nodeGuard(needed) {
  // As one number: no part of a version of Node's has more than three digits.
  const number = (/** @type {string} */ text) =>
    `${text}.split(".").reduce(function(n,part){return n*1000+Number(part)},0)`;
  const message = `"kook-chat-mcp needs Node ${needed} or later, and this is Node "+process.versions.node+" ("+process.execPath+"). Install a newer one from https://nodejs.org, or write its path into the host's configuration.\\n"`;
  return `if(${number("process.versions.node")}<${number(JSON.stringify(needed))}){process.stderr.write(${message});process.exit(1)}`;
}

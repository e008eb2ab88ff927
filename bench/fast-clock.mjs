// Preloaded with --import: the process's clocks and timers run SPEED times as fast, so that a day passes in minutes.
const speed = Number(process.env["SPEED"]);

const startedAt = performance.now();
const epoch = Date.now();
const realNow = performance.now.bind(performance);
performance.now = () => startedAt + (realNow() - startedAt) * speed;
Date.now = () => epoch + Math.round((realNow() - startedAt) * speed);

for (const name of /** @type {const} */ (["setTimeout", "setInterval"])) {
  const real = globalThis[name];
  const fast = (
    /** @type {any} */ run,
    /** @type {number} */ ms = 0,
    /** @type {any[]} */ ...rest
  ) => real(run, ms / speed, ...rest);
  globalThis[name] = /** @type {any} */ (Object.assign(fast, real));
}

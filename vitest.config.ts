import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

const project = (name: string, include: string, options: ViteUserConfig["test"] = {}) => ({
  extends: true as const,
  test: { name, include: [include], ...options },
});

// The files of a thread share their modules: loading the SDK and zod for each file takes half of the time.
const inProcess: ViteUserConfig["test"] = {
  pool: "threads",
  isolate: false,
  maxWorkers: "100%",
  setupFiles: ["test/support/reset.ts"],
};
const properties = "test/**/*.property.test.ts";

export default defineConfig({
  test: {
    // Spawned processes are slow on a small machine, Inspector's above all.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project("unit", "test/**/*.test.ts", {
        ...inProcess,
        exclude: [...configDefaults.exclude, "test/built/**", "test/hosts/**", properties],
      }),
      // Thousands of random inputs each.
      project("property", properties, inProcess),
      // Spawns dist/main.js: needs `npm run build`.
      project("built", "test/built/**/*.test.ts"),
      // Third-party clients: needs `npm ci --prefix test/hosts` as well.
      project("hosts", "test/hosts/**/*.test.ts"),
    ],
  },
});

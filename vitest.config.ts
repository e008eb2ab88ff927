import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

/** @param folder whose tests the project has; the others are excluded by the caller */
const project = (name: string, folder: string, options: ViteUserConfig["test"] = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${folder}**/*.test.ts`], ...options },
});

export default defineConfig({
  test: {
    // Spawned processes are slow on a small machine, Inspector's above all.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project("unit", "", {
        exclude: [...configDefaults.exclude, "test/built/**", "test/hosts/**"],
        // The files of a thread share their modules: loading the SDK and zod for each file takes half of the time.
        pool: "threads",
        isolate: false,
        maxWorkers: "100%",
        setupFiles: ["test/support/reset.ts"],
      }),
      // Spawns dist/main.js: needs `npm run build`.
      project("built", "built/"),
      // Third-party clients: needs `npm ci --prefix test/hosts` as well.
      project("hosts", "hosts/"),
    ],
  },
});

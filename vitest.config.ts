import { configDefaults, defineConfig } from "vitest/config";

/** @param folder whose tests the project has; the others are excluded by the caller */
const project = (name: string, folder: string, exclude: string[] = []) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${folder}**/*.test.ts`],
    exclude: [...configDefaults.exclude, ...exclude],
  },
});

export default defineConfig({
  test: {
    // Spawned processes are slow on a small machine, Inspector's above all.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      project("unit", "", ["test/built/**", "test/hosts/**"]),
      // Spawns dist/main.js: needs `npm run build`.
      project("built", "built/"),
      // Third-party clients: needs `npm ci --prefix test/hosts` as well.
      project("hosts", "hosts/"),
    ],
  },
});

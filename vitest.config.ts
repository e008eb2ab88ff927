import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Spawned processes, Inspector's above all, are slow on a small machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

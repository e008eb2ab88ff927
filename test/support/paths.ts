// Paths of the project. No other import: programs that Node runs without vitest read this file too.
import { fileURLToPath } from "node:url";

/** Absolute path of a file of the project. */
export const projectFile = (path: string) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const DIST = projectFile("dist");
export const MAIN = projectFile("dist/main.js");

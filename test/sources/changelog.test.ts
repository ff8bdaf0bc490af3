/** Changelogs as people and tools write them. */
import { describe, expect, it } from "vitest";
import { readChangelog } from "../../src/sources/changelog.ts";

const versions = (text: string) => readChangelog(text).map(({ version }) => version);

describe("Keep a Changelog", () => {
  const text = `# Changelog

All notable changes. This project keeps to [Semantic Versioning](https://semver.org/spec/v2.0.0.html).

## [Unreleased]

### Added

- Not yet.

## [2.4.0] - 2026-12-01

### Added

- Offline mode.

\`\`\`md
## [9.9.9] - an example
\`\`\`

### Fixed

- A crash.

## [2.4.0-rc.1] - 2026-11-20

- A candidate.

## [2.3.1] - 2026-10-02 [YANKED]

[Unreleased]: https://example.org/acme/compare/v2.4.0...HEAD
[2.4.0]: https://example.org/acme/compare/v2.3.1...v2.4.0
`;

  it("gives the versions, the newest first, and leaves out what is not released", () => {
    expect(versions(text)).toEqual(["2.4.0", "2.4.0-rc.1", "2.3.1"]);
  });

  it("gives a version's own notes, its date and where its name leads", () => {
    const [first] = readChangelog(text);
    expect(first).toMatchObject({
      date: "2026-12-01",
      url: "https://example.org/acme/compare/v2.3.1...v2.4.0",
      prerelease: false,
    });
    expect(first?.notes).toMatch(/^### Added\n\n- Offline mode\.[\s\S]+### Fixed\n\n- A crash\.$/);
    expect(first?.notes).toContain("9.9.9");
  });

  it("knows a candidate from a final version", () => {
    expect(readChangelog(text)[1]).toMatchObject({
      version: "2.4.0-rc.1",
      prerelease: true,
      notes: "- A candidate.",
    });
  });

  it("takes the link list at the end for no notes", () => {
    expect(readChangelog(text)[2]?.notes).toBe("");
  });
});

describe("Conventional Changelog", () => {
  const text = `# [3.0.0](https://example.org/acme/compare/v2.4.1...v3.0.0) (2026-12-01)

### Features

* **api:** stream results ([1a2b3c4](https://example.org/c/1a2b3c4)), closes [#12](https://example.org/i/12)

## [2.4.1](https://example.org/acme/compare/v2.4.0...v2.4.1) (2026-11-30)

### Bug Fixes

* keep the order

# 2.4.0 (2026-11-01)
`;

  it("gives minor and patch versions alike, whatever their heading's level", () => {
    expect(versions(text)).toEqual(["3.0.0", "2.4.1", "2.4.0"]);
    expect(readChangelog(text)[0]).toMatchObject({
      url: "https://example.org/acme/compare/v2.4.1...v3.0.0",
      date: "2026-12-01",
    });
    expect(readChangelog(text)[0]?.notes).not.toContain("Bug Fixes");
  });
});

describe("other habits", () => {
  it.each([
    [
      "changesets",
      "# acme\n\n## 1.2.0\n\n### Minor Changes\n\n- abc1234: Faster.\n\n## 1.1.9\n\n### Patch Changes\n",
      ["1.2.0", "1.1.9"],
    ],
    ["a leading v", "## v1.2.0 (2026-01-02)\n\n- x\n\n## v1.1.0\n", ["1.2.0", "1.1.0"]],
    ["a name before it", "## Acme 1.2.0 – “Harvest”\n\n- x\n", ["1.2.0"]],
    ["the word version", "## Version 1.2.0: Harvest\n\n- x\n", ["1.2.0"]],
    [
      "underlined",
      "1.2.0 / 2026-01-02\n==================\n\n  * x\n\n1.1.0 / 2025-01-02\n==================\n",
      ["1.2.0", "1.1.0"],
    ],
    [
      "changes in",
      "Changes in 1.8.0 (29 Dec 2026):\n\n* x\n\nChanges in 1.7.0:\n\n* y\n",
      ["1.8.0", "1.7.0"],
    ],
    ["what is new", "## What's new in Acme 1.2.0\n\n- x\n", ["1.2.0"]],
    ["two numbers", "# 2.4\n\n- x\n\n# 2.3\n", ["2.4", "2.3"]],
    ["Windows line ends", "## 1.2.0\r\n\r\n- x\r\n\r\n## 1.1.0\r\n", ["1.2.0", "1.1.0"]],
    ["no version at all", "# Changelog\n\nNothing yet.\n", []],
    ["a number in prose", "# Changelog\n\n## Support for Node 20.19\n\n- x\n", []],
  ])("reads %s", (_, text, expected) => {
    expect(versions(text)).toEqual(expected);
  });
});

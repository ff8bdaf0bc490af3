/** Whether a campaign's id names a version, and not another one that looks like it. */
import { expect, it } from "vitest";
import { names } from "../../src/sources/known-releases.ts";

it.each([
  ["campaigns/release.yml@2.4.0", true],
  ["acme-2.4.0", true],
  ["acme v2.4.0 for all", true],
  ["c.yml@2.4.0-rc.1", false],
  ["c.yml@2.4.01", false],
  ["c.yml@12.4.0", false],
  ["c.yml@1.2.4.0", false],
  ["c.yml@2.4.0.1", false],
  ["c.yml", false],
])("%s names 2.4.0: %s", (campaign, expected) => {
  expect(names(campaign, "2.4.0")).toBe(expected);
});

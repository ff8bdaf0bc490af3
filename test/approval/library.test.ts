/** The library keeps the policy as the commands do. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ApprovalError, openProject, plan, send } from "../../src/index.ts";
import { project } from "../campaign/project.ts";

const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\n";
const CONFIG = `channels:
  news:
    network: feed
    folder: public
    title: Acme
    url: https://acme.example/
policy:
  - by: [marta]
`;

it.each(["a file", "a plan"])("refuses to send %s that nobody approved, and enters nothing", async (what) => {
  const folder = project({ "broadcast.yml": CONFIG, "update.yml": CAMPAIGN });
  const home = await openProject({ cwd: folder, env: {} });
  const given = what === "a file" ? "update.yml" : await plan("update.yml", home);
  await expect(send(given, home)).rejects.toThrow(ApprovalError);
  await expect(send(given, home)).rejects.toThrow(/1 approval by `marta` is needed/);
  expect(existsSync(join(folder, "public"))).toBe(false);
});

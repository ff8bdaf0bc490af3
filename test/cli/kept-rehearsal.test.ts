/** A rehearsal may leave a page behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = `channels:\n  news: { network: feed, folder: public, title: Acme, url: "https://acme.example/" }\n`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\n";

describe("`send --sandbox --html`", () => {
  it("keeps what was rehearsed, by campaign", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": CAMPAIGN });
    const { code, err } = await broadcast(folder, [
      "send",
      "c.yml",
      "--sandbox",
      "--yes",
      "--html",
      "kept.html",
    ]);
    expect(err).toContain("Written to kept.html");
    expect(code).toBe(0);
    const page = readFileSync(join(folder, "kept.html"), "utf8");
    expect(page).toContain('data-campaign="c.yml"');
    expect(page).toContain("Faster.");
  });

  it("is refused where nothing is rehearsed", async () => {
    const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": CAMPAIGN });
    const { code, err } = await broadcast(folder, ["send", "c.yml", "--yes", "--html", "kept.html"]);
    expect(code).toBe(2);
    expect(err).toContain("--sandbox");
  });
});

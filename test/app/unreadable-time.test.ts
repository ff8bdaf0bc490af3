import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { planCards } from "../../src/report/plan.ts";
import { planSummary } from "../../src/report/plan-summary.ts";
import { PLAIN } from "../../src/report/style.ts";

it("a time that cannot be read is never “due now”", async () => {
  const folder = mkdtempSync(join(tmpdir(), "broadcast-time-"));
  try {
    writeFileSync(
      join(folder, "broadcast.yml"),
      'channels:\n  news: { network: feed, audience: external, folder: public, title: News, url: "https://acme.example/" }\n',
    );
    writeFileSync(
      join(folder, "c.yml"),
      "kind: update\ntitle: It is out\nbody: Words.\nchannels: [news]\nat: next summer\n",
    );
    const project = await openProject({ cwd: folder, env: {} });
    const { plan } = await planCampaign(join(folder, "c.yml"), project);
    const view = { plan, adapters: project.adapters, now: Date.now() };
    for (const shown of [planCards(view, PLAIN), planSummary(view, PLAIN)]) {
      expect(shown).toContain("no time: see the error");
      expect(shown).not.toContain("due now");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

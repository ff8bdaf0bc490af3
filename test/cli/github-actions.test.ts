/** What a job of GitHub Actions is told: advice that works there, and a summary that is right when nothing was sent. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = `channels:
  news: { network: feed, folder: public, title: Acme, url: https://acme.example/ }
  social: { network: mastodon, server: https://social.example, token: "\${SOCIAL_TOKEN}" }
`;
const campaign = (channel: string) =>
  `kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [${channel}]\n`;

function job(channel: string) {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign(channel) });
  const file = join(folder, "summary.md");
  const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: file };
  return {
    send: () => broadcast(folder, ["send", "c.yml", "--yes"], { env }),
    summary: () => {
      const text = existsSync(file) ? readFileSync(file, "utf8") : "";
      rmSync(file, { force: true });
      return text;
    },
  };
}

it("says how a step gets a variable, in the error and in the summary", async () => {
  const { send, summary } = job("social");
  const { code, err } = await send();
  expect(code).toBe(2);
  const advice = 'env: { SOCIAL_TOKEN: "${{ secrets.SOCIAL_TOKEN }}" }';
  expect(err).toContain(advice);
  expect(err).not.toContain("into .env");
  expect(summary()).toMatch(
    /^### 1 problem, nothing was sent\.\n\n- \*\*error\*\* `broadcast\.yml:3` .*SOCIAL\\_TOKEN/,
  );
});

it("does not call it sent when everything was out already", async () => {
  const { send, summary } = job("news");
  expect((await send()).code).toBe(0);
  expect(summary()).toMatch(/^### Sent: Acme 2\.4 is out\n/);
  expect((await send()).code).toBe(0);
  expect(summary()).toMatch(/^### Out already, nothing was sent: Acme 2\.4 is out\n/);
});

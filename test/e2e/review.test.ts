/** Comments on the served preview, left and settled through the built program. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { broadcast, build, root } from "./built.ts";

beforeAll(build, 120_000);

const feed = (name: string) =>
  `${name}: { network: feed, folder: ${name}, title: Ours, url: "https://acme.example/${name}" }`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-review-"));
  writeFileSync(join(folder, "broadcast.yml"), `channels: { ${feed("site")} }\n`);
  writeFileSync(join(folder, "c.yml"), "kind: update\ntitle: Ours\nbody: It is here.\nchannels: [site]\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("are kept beside the campaign, also two at once, and settled there", async () => {
  const child = spawn(
    process.execPath,
    [join(root, "bin/broadcast.js"), "preview", "c.yml", "--serve", "--port", "0"],
    {
      cwd: folder,
      env: { PATH: process.env.PATH ?? "", HOME: folder, BROWSER: "none" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    const url = await new Promise<string>((done, failed) => {
      let out = "";
      child.stdout.on("data", (bytes) => {
        out += bytes;
        const found = /http:\/\/\S+/.exec(out)?.[0];
        if (found) done(found);
      });
      child.once("exit", () => failed(new Error(`it ended: ${out}`)));
    });
    const post = (action: string, form: Record<string, string>) =>
      fetch(new URL(action, url), {
        method: "POST",
        redirect: "manual",
        headers: { origin: new URL(url).origin, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(form).toString(),
      });
    await fetch(url);
    const by = "😀".repeat(60);
    const answers = await Promise.all([
      post("comment", { by, text: "Say when.", about: "site" }),
      post("comment", { by: "Ada", text: 'Fine: "yes"' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const read = () => parse(readFileSync(join(folder, "c.review.yml"), "utf8"));
    const { comments } = read();
    expect(comments.map((one: { by: string; text: string }) => [one.by, one.text]).sort()).toEqual(
      [
        [by, "Say when."],
        ["Ada", 'Fine: "yes"'],
      ].sort(),
    );
    expect(await (await fetch(url)).text()).toContain("Say when.");
    expect((await post("settle", { by: "Ada", id: comments[0].id })).status).toBe(303);
    expect(read().comments[0].settled).toMatchObject({ by: "Ada" });
  } finally {
    child.kill("SIGKILL");
  }
});

it("shows a part of a campaign as a part, and nothing of a name that is none", async () => {
  writeFileSync(join(folder, "broadcast.yml"), `channels: { ${feed("site")}, ${feed("blog")} }\n`);
  writeFileSync(
    join(folder, "c.yml"),
    "kind: update\ntitle: Ours\nbody: It is here.\nchannels: [site, blog]\n",
  );
  expect((await broadcast(folder, ["preview", "c.yml", "--channel", "site", "--html", "p.html"])).code).toBe(
    0,
  );
  expect(readFileSync(join(folder, "p.html"), "utf8")).toContain("This page shows 1 of 2 posts");
  const none = await broadcast(folder, ["preview", "c.yml", "--network", "nosuch", "--html", "q.html"]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("no network or channel `nosuch`")]);
  const served = await broadcast(folder, ["preview", "c.yml", "--channel", "site", "--serve"]);
  expect(served.code).toBe(2);
});

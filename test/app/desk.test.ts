/** The served preview: whom it answers, what it takes, and that an approval there is the one of the command. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requirePlanApproved } from "../../src/app/approval.ts";
import { type OpenDesk, openDesk } from "../../src/app/desk.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { send } from "../../src/app/send.ts";
import { ApprovalError } from "../../src/approval/error.ts";

let folder: string;
let desk: OpenDesk;
const FILE = "campaigns/release.yml";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-desk-"));
  mkdirSync(join(folder, "campaigns"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:
  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }
  more: { network: feed, folder: more, title: More, url: "https://acme.example/more/" }
policy: [{ by: [marta, chinwe], not_author: false }]
`,
  );
  write("It takes 5 seconds.");
  desk = await openDesk({
    ref: { file: FILE },
    open: project,
    command: "broadcast preview --serve",
    toFile: true,
  });
});
afterEach(async () => {
  await desk.close();
  rmSync(folder, { recursive: true, force: true });
});

const project = () => openProject({ cwd: folder, env: {} });
function write(body: string): void {
  writeFileSync(
    join(folder, FILE),
    `kind: update\ntitle: A title\nbody: ${JSON.stringify(body)}\nchannels: [news, more]\n`,
  );
}

interface Answer {
  status: number;
  body: string;
  headers: Record<string, unknown>;
}

/** `fetch` would not let a test lie about its host and origin. */
function ask(
  path: string,
  {
    method = "GET",
    headers = {},
    form,
  }: { method?: string; headers?: Record<string, string>; form?: Record<string, string | string[]> } = {},
): Promise<Answer> {
  const { port } = new URL(desk.url);
  const body =
    form &&
    Object.entries(form)
      .flatMap(([key, values]) =>
        [values].flat().map((value) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`),
      )
      .join("&");
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => {
          text += piece;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const base = () => new URL(desk.url).pathname;
const fromPage = () => ({
  origin: new URL(desk.url).origin,
  "content-type": "application/x-www-form-urlencoded",
});
const post = (what: string, form: Record<string, string | string[]>, headers: Record<string, string> = {}) =>
  ask(`${base()}${what}`, { method: "POST", form, headers: { ...fromPage(), ...headers } });
const plan = async () => (await planCampaign(FILE, await project(), { withoutCredentials: true })).plan;
async function approval(): Promise<Record<string, string | string[]>> {
  const { digest, deliveries } = await plan();
  return { digest, as: "marta", read: deliveries.map((one) => `${one.channel}:${one.digest}`) };
}
const mayGo = async () =>
  requirePlanApproved(await plan(), { file: FILE }, await project(), undefined).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ApprovalError) return false;
      throw error;
    },
  );

describe("who asks", () => {
  it("needs the whole token, and learns nothing without it", async () => {
    const page = await ask(base());
    expect(page.status).toBe(200);
    expect(page.body).toContain("Approve exactly this");
    const paths = [
      "/",
      "/favicon.ico",
      `${base().slice(0, -2)}/`,
      `${base().slice(0, -1).toUpperCase()}/`,
      `/${"a".repeat(32)}/`,
      "//",
      `${base()}x`,
      `${base()}live/more`,
    ];
    const answers = await Promise.all(paths.map((path) => ask(path)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 404));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["There is nothing here.\n"]));
  });

  it("must mean this computer by name", async () => {
    const { port } = new URL(desk.url);
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${Number(port) + 1}`,
      `[::1]:${port}`,
    ])
      expect((await ask(base(), { headers: { host } })).status, host).toBe(404);
    expect((await ask(base(), { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  it("is the page itself when something is to change", async () => {
    const form = await approval();
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "" },
      { origin: new URL(desk.url).origin, "sec-fetch-site": "cross-site" },
      { "content-type": "text/plain" },
    ] as Record<string, string>[])
      expect((await post("approve", form, headers)).status, JSON.stringify(headers)).toBe(403);
    expect((await ask(`${base()}approve`, { method: "GET" })).status).toBe(404);
    expect((await ask("/approve", { method: "POST", form, headers: fromPage() })).status).toBe(404);
    expect(await mayGo()).toBe(false);
  });

  it("gets what no other page may show or read", async () => {
    const { headers } = await ask(base());
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "x-frame-options": "DENY",
      "content-security-policy": expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-.*; script-src 'sha256-.*; frame-ancestors 'none'$/,
      ),
      "cross-origin-resource-policy": "same-origin",
    });
  });

  it("may not send more than a form", async () => {
    expect((await post("comment", { text: "x".repeat(70_000) })).status).toBe(413);
  });
});

describe("a sign-off", () => {
  it("approves exactly the digest on the page, so that it may go out; one changed byte makes it stale", async () => {
    expect(await mayGo()).toBe(false);
    expect((await post("approve", await approval())).status).toBe(303);
    expect(await mayGo()).toBe(true);
    expect((await ask(base())).body).toContain(
      "Approved by marta, recorded in campaigns/release.approval.yml",
    );
    write("It takes 5 seconds!");
    expect(await mayGo()).toBe(false);
  });

  it("lets `send` go ahead with these very posts, and with no others", async () => {
    await post("approve", await approval());
    const shown = (await plan()).deliveries[0]!.posts[0]!.post;
    write("It takes 5 seconds!");
    await expect(send(FILE, await project())).rejects.toThrow(ApprovalError);
    expect(existsSync(join(folder, "public"))).toBe(false);
    write("It takes 5 seconds.");
    const { code, histories } = await send(FILE, await project());
    expect(code).toBe(0);
    expect(histories[0]!.posts[0]).toEqual(shown);
  });

  it("is signed with the key that was given, where the policy asks for that", async () => {
    const key = join(folder, "marta");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "marta", "-f", key]);
    writeFileSync(join(folder, "allowed_signers"), `marta ${readFileSync(`${key}.pub`, "utf8")}`);
    const config = readFileSync(join(folder, "broadcast.yml"), "utf8");
    writeFileSync(
      join(folder, "broadcast.yml"),
      `${config.replace(/policy: .*\n/, "policy: [{ by: [marta], not_author: false, signed: true }]\n")}allowed_signers: allowed_signers\n`,
    );
    await desk.changed();
    await post("approve", await approval());
    expect((await ask(base())).body).toContain("it is not signed");
    await desk.close();
    desk = await openDesk({
      ref: { file: FILE },
      open: project,
      command: "broadcast preview --serve",
      toFile: true,
      key,
    });
    await post("approve", await approval());
    expect((await ask(base())).body).toContain("<bdi>marta</bdi>: ");
    expect(await mayGo()).toBe(true);
  });

  it("is refused for another digest than what stands there now", async () => {
    const form = await approval();
    write("It takes 4 seconds.");
    await desk.changed();
    await post("approve", { ...(await approval()), digest: form.digest! });
    expect(await mayGo()).toBe(false);
    expect((await ask(base())).body).toContain("This is not what you read");
  });

  it("needs every post read as it is now", async () => {
    const form = await approval();
    await post("approve", { ...form, read: [form.read![0]!] });
    expect((await ask(base())).body).toContain("Not everything was read: <code><bdi>more</bdi></code>");
    const before = form.read!;
    write("It takes 4 seconds.");
    await desk.changed();
    await post("approve", { ...(await approval()), read: before });
    expect(await mayGo()).toBe(false);
  });

  it("keeps to the policy: who may, and who is not named", async () => {
    await post("approve", { ...(await approval()), as: "mallory" });
    expect((await ask(base())).body).toContain("would not count");
    expect(existsSync(join(folder, "campaigns/release.approval.yml"))).toBe(false);
    await post("approve", { ...(await approval()), as: "" });
    expect((await ask(base())).body).toContain("name of the approver is missing");
  });

  it("is not offered for what has problems", async () => {
    write("{{ missing }}");
    await desk.changed();
    const { body } = await ask(base());
    expect(body).toMatch(/It cannot be shown yet|cannot be approved/);
    expect(body).not.toContain("Approve exactly this");
  });
});

describe("a fault", () => {
  it("is told, and the next save is shown again", async () => {
    const told: string[] = [];
    let broken = false;
    const open = async () => {
      if (broken) throw new Error("the disk is gone");
      return project();
    };
    await desk.close();
    desk = await openDesk({
      ref: { file: FILE },
      open,
      command: "broadcast preview --serve",
      onEvent: (event) => event.type === "fault" && told.push(event.message),
    });
    broken = true;
    await desk.changed();
    expect(told).toEqual(["the disk is gone"]);
    expect((await ask(base())).status).toBe(500);
    broken = false;
    await desk.changed();
    expect((await ask(base())).status).toBe(200);
  });

  it("at the first look is the caller's", async () => {
    const open = () => Promise.reject(new Error("the disk is gone"));
    await expect(openDesk({ ref: { file: FILE }, open, command: "" })).rejects.toThrow("the disk is gone");
  });
});

describe("a comment", () => {
  it("is kept beside the campaign, shown as text, and settled", async () => {
    await post("comment", {
      about: "news",
      by: "chinwe",
      text: "<script>alert(1)</script>\nShorter?",
      quote: `It takes\n5 <b>${"x".repeat(400)}`,
      digest: (await plan()).digest,
    });
    const file = join(folder, "campaigns/release.review.yml");
    expect(readFileSync(file, "utf8")).toContain("by: chinwe");
    const { body } = await ask(base());
    expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;\nShorter?");
    expect(body).toMatch(/<q dir="auto">It takes 5 &lt;b&gt;x{200,300}<\/q>/);
    const id = /name="id" value="([0-9a-f]{8})"/.exec(body)![1]!;
    await post("settle", { id, by: "marta" });
    expect((await ask(base())).body).toContain("settled by <bdi>marta</bdi>");
    // It changes nothing about what goes out.
    expect(await mayGo()).toBe(false);
  });

  it("needs a name, words and a post that is there", async () => {
    for (const form of [
      { about: "news", by: "", text: "a" },
      { about: "news", by: "a\nb", text: "a" },
      { about: "news", by: "marta", text: "  " },
      { about: "nowhere", by: "marta", text: "a" },
    ]) {
      await post("comment", form);
      expect((await ask(base())).body).toContain('class="said bad"');
    }
    expect(existsSync(join(folder, "campaigns/release.review.yml"))).toBe(false);
  });

  it("is not lost when the file does not hold comments", async () => {
    writeFileSync(join(folder, "campaigns/release.review.yml"), "version: 1\ncomments: [{ by: 7 }]\n");
    await desk.changed();
    expect((await ask(base())).body).toContain("This is not a file of comments");
    await post("comment", { about: "news", by: "marta", text: "a" });
    expect(readFileSync(join(folder, "campaigns/release.review.yml"), "utf8")).toContain("by: 7");
  });
});

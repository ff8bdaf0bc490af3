import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wordpress } from "../../src/adapters/wordpress/wordpress.ts";
import { wordpress as half } from "../../src/sandbox/networks/wordpress/wordpress.ts";
import {
  contextOn,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const wp = (part: object = {}) => ({
  id: 5,
  link: "https://acme.example/acme-2-4/",
  slug: "acme-2-4-4f1d2c",
  status: "publish",
  date_gmt: "2026-11-23T09:00:01",
  modified_gmt: "2026-11-23T09:00:01",
  title: { raw: "Acme 2.4", rendered: "Acme 2.4" },
  content: { raw: "Acme 2.4 is out", rendered: "<p>Acme 2.4 is out</p>" },
  ...part,
});
const comment = (id: number, at: string, part: object = {}) => ({
  id,
  parent: 0,
  author: 0,
  author_name: "Eve",
  author_url: "https://eve.example",
  date_gmt: at,
  link: `https://acme.example/acme-2-4/#comment-${id}`,
  content: { rendered: "<p>Thanks</p>" },
  ...part,
});
let found: object[] = [];
let standing: object = wp();

function answer({ method, path }: StageRequest): StageReply {
  const [where = ""] = path.replace(/^.*\/wp-json\/wp\/v2/, "").split("?");
  const say = (body: unknown, status = 200) => ({ status, body, headers: { "x-wp-total": "2" } });
  if (where === "/users/me") return say({ id: 1, name: "Acme", link: "https://acme.example/author/acme/" });
  if (where === "/comments")
    return say([
      comment(9, "2026-11-23T10:00:00"),
      comment(8, "2026-11-23T09:30:00", { parent: 7 }),
      comment(7, "2026-11-23T09:20:00", { author: 1 }),
    ]);
  if (where === "/tags" || where === "/categories")
    return method === "POST" ? say({ id: 30, name: "new" }, 201) : say([{ id: 20, name: "R&amp;D" }]);
  if (where.startsWith("/media")) return say({ id: 40, source_url: "https://acme.example/hero.png" }, 201);
  if (where === "/posts") return method === "POST" ? say(wp(), 201) : say(found);
  return say(standing);
}

const out = { id: "5", url: wp().link };

describeAdapter(wordpress, half, {
  receipt: out,
  answer: (request) => {
    standing = wp();
    return /\/posts\/5|\/comments/.test(request.path) ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method, path }) => /\/posts\/5/.test(path) && method !== "GET",
});

describe("wordpress", () => {
  let stage: Stage;
  beforeEach(async () => {
    found = [];
    standing = wp();
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const settings = { username: "acme", password: "wp secret pass word" };
  const context = (part: Partial<Parameters<typeof contextOn>[2]> = {}, channel: object = {}) =>
    contextOn(wordpress, stage, { channel: { ...settings, server: stage.url, ...channel }, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());
  const image = (alt: string) => ({
    file: "images/hero.png",
    sha256: alt,
    type: "image/png",
    bytes: 10,
    alt,
  });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const find = (part: object = {}) => wordpress.find!(post(part), context(), STARTED);

  it("publishes with excerpt, tags, categories, and a slug of its own", async () => {
    const receipt = await wordpress.publish(
      post({
        summary: "In short.",
        tags: ["R&D", "new"],
        options: { categories: ["News"], comments: false },
      }),
      context({}, { status: "draft" }),
    );
    expect(receipt).toEqual(out);
    expect(sent()).toEqual({
      title: "Acme 2.4",
      content: "Acme 2.4 is out",
      excerpt: "In short.",
      featured_media: 0,
      categories: [30],
      tags: [20, 30],
      comment_status: "closed",
      slug: "acme-2-4-4f1d2c",
      status: "draft",
    });
    const basic = Buffer.from("acme:wp secret pass word").toString("base64");
    expect(stage.requests.at(-1)!.headers.authorization).toBe(`Basic ${basic}`);
  });

  it("features the first picture, and shows the others above the text", async () => {
    await wordpress.publish(post({ media: [image("One"), image('"Two"')] }), context());
    const figure =
      '<figure class="wp-block-image"><img src="https://acme.example/hero.png" alt="&quot;Two&quot;" class="wp-image-40"/></figure>';
    expect(sent()).toMatchObject({ featured_media: 40, content: `${figure}\nAcme 2.4 is out` });
    const texts = stage.requests
      .filter(({ path }) => path.endsWith("/media/40"))
      .map(({ body }) => String(body));
    expect(texts).toEqual(['{"alt_text":"One"}', '{"alt_text":"\\"Two\\""}']);
    standing = wp({ content: { raw: `${figure}\n<p>Acme 2.4 is out</p>` } });
    expect(await wordpress.read!(out, context())).toEqual({
      text: "Acme 2.4 is out",
      title: "Acme 2.4",
      url: out.url,
    });
  });

  it("leaves the time to WordPress, and takes back what waits there", async () => {
    const due = new Date("2026-12-01T08:00:00Z");
    stage.answer = (request) =>
      request.method === "POST"
        ? { status: 201, body: wp({ status: "future", date_gmt: "2026-12-01T08:00:00" }) }
        : answer(request);
    const receipt = await wordpress.publish(post(), context({ due }));
    expect(sent()).toMatchObject({ status: "future", date_gmt: "2026-12-01T08:00:00" });
    expect(receipt).toEqual({ ...out, due: due.toISOString() });
    standing = wp({ status: "future" });
    expect(await wordpress.schedules!.cancel(receipt, context())).toBe("cancelled");
    standing = wp();
    expect(await wordpress.schedules!.cancel(receipt, context())).toBe("gone");
  });

  it("finds its post by its own slug, and is careful with a chosen one", async () => {
    expect(await find()).toBe("absent");
    expect(stage.requests.at(-1)!.path).toContain("slug=acme-2-4-4f1d2c&status=publish%2Cfuture");
    found = [wp({ status: "pending" })];
    expect(await find()).toEqual({ ...out, hidden: "review" });
    const options = { slug: "acme-2-4" };
    found = [wp()];
    expect(await find({ options })).toEqual(out);
    found = [wp({ date_gmt: "2026-11-01T09:00:00" })];
    expect(await find({ options })).toEqual({ like: out });
  });

  it("takes what is in the trash for gone, and hears others", async () => {
    standing = wp({ status: "trash" });
    expect(await wordpress.read!(out, context())).toBe("gone");
    const heard = await wordpress.replies!(out, context(), STARTED);
    expect(heard.map(({ id, parent, author, text }) => [id, parent, author.handle, text])).toEqual([
      ["8", "7", "Eve", "Thanks"],
      ["9", "5", "Eve", "Thanks"],
    ]);
    const asked = () => new URLSearchParams(stage.requests.at(-1)!.path.split("?")[1]);
    // Without its zone, a site west of London would leave out hours of answers.
    expect(asked().get("after")).toBe(STARTED.toISOString());
    await wordpress.replies!(out, context(), new Date(0));
    expect(asked().has("after")).toBe(false);
  });

  it.each([
    [401, "incorrect_password", "auth"],
    [403, "rest_cannot_create", "auth"],
    [400, "rest_invalid_param", "rejected"],
  ])("reads %i %s as %s", async (status, code, is) => {
    stage.answer = () => ({ status, body: { code, message: "no", data: { status } } });
    await expect(wordpress.publish(post(), context())).rejects.toMatchObject({ code: is });
  });
});

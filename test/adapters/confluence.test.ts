import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { confluence } from "../../src/adapters/confluence/confluence.ts";
import { storageOf, wordsIn } from "../../src/adapters/confluence/storage.ts";
import { confluence as half } from "../../src/sandbox/networks/confluence/confluence.ts";
import { isWellFormed } from "../../src/sandbox/networks/confluence/pages.ts";
import {
  contextOn,
  openStage,
  postOf,
  STARTED,
  type Stage,
  type StageReply,
  type StageRequest,
} from "../../src/testing.ts";
import { parse } from "../../src/text/markdown.ts";
import { loadDialects, render } from "../../src/text/render.ts";
import { describeAdapter } from "./contract.ts";

const PAGE = "https://acme.atlassian.net/wiki/spaces/DOCS/pages/7";
const page = (value: string, part: object = {}) => ({
  ...{
    id: "7",
    title: "Acme 2.4",
    status: "current",
    version: { number: 1, createdAt: "2026-11-23T09:00:05Z" },
  },
  body: { storage: { value } },
  _links: { base: "https://acme.atlassian.net/wiki", webui: "/spaces/DOCS/pages/7" },
  ...part,
});
const OURS = "<p>Acme 2.4 is out</p>";
const taken: StageReply = {
  status: 400,
  body: { errors: [{ status: 400, code: "INVALID", title: "A page with this title already exists" }] },
};
let there: object[] = [];
let written: StageReply;

function answer({ method, path }: StageRequest): StageReply {
  if (method !== "GET") return written;
  if (path.includes("/spaces?")) return { status: 200, body: { results: [{ id: "65", homepageId: "1" }] } };
  if (path.includes("/pages?")) return { status: 200, body: { results: there, _links: {} } };
  return {
    status: 200,
    body: path.includes("/1?") ? page("", { id: "1", title: "Home" }) : (there[0] ?? page(OURS)),
  };
}

const out = { id: "7", url: PAGE, ref: { first: "1", version: "1" } };

describeAdapter(confluence, half, {
  receipt: out,
  answer: (request) => {
    there = [page(OURS)];
    written = { status: 200, body: page(OURS, { version: { number: 2 } }) };
    return /\/(pages|content)\/7/.test(request.path) ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ method }) => method === "PUT" || method === "DELETE",
});

describe("confluence", () => {
  let stage: Stage;
  beforeEach(async () => {
    there = [];
    written = { status: 200, body: page(OURS) };
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}) =>
    contextOn(confluence, stage, {
      channel: {
        ...{
          server: `${stage.url}/wiki`,
          email: "bot@acme.example",
          token: "confluence-secret",
          space: "DOCS",
        },
        ...channel,
      },
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", text: OURS, ...part });
  const sent = () => JSON.parse(stage.requests.at(-1)!.body.toString());

  it("makes a page below the space's home", async () => {
    expect(await confluence.publish(post(), context())).toEqual(out);
    expect(sent()).toEqual({
      ...{ title: "Acme 2.4", status: "current", spaceId: "65", parentId: "1" },
      body: { value: OURS, representation: "storage" },
    });
    expect(stage.requests.at(-1)!.headers.authorization).toMatch(/^Basic /);
  });

  it("takes a page of its words for its own, however Confluence writes it, and no other", async () => {
    written = taken;
    there = [page("<p>Acme&nbsp;2.4 <strong>is</strong> out</p>")];
    expect(await confluence.publish(post(), context())).toEqual(out);
    there = [page("<p>By hand</p>")];
    await expect(confluence.publish(post(), context())).rejects.toMatchObject({ code: "rejected" });
    expect(await confluence.find!(post(), context(), STARTED)).toBe("absent");
  });

  it("replaces a page that is there by its next version, leaves it in its place, and does not delete it", async () => {
    there = [page("<p>Old</p>", { version: { number: 4 } })];
    written = { status: 200, body: page(OURS, { version: { number: 5 } }) };
    const receipt = await confluence.publish(post({ options: { update: true } }), context());
    expect(stage.requests.at(-1)!.method).toBe("PUT");
    expect(sent()).toMatchObject({ id: "7", version: { number: 5 } });
    expect(sent().parentId).toBeUndefined();
    expect(receipt.ref).toEqual({ was: "there", first: "5", version: "5" });
    await expect(confluence.retract!(receipt, context())).rejects.toMatchObject({ code: "rejected" });
  });

  it("does not lose what somebody else has changed since", async () => {
    written = { status: 409, body: { errors: [{ status: 409, title: "Version must be incremented" }] } };
    there = [page("<p>By hand</p>", { version: { number: 3 } })];
    await expect(confluence.edit!(out, post(), context())).rejects.toMatchObject({ code: "rejected" });
    // A repeat of our own correction.
    there = [page(OURS, { version: { number: 2 } })];
    expect(await confluence.edit!(out, post(), context())).toEqual({
      ...out,
      ref: { first: "1", version: "2" },
    });
  });

  it("is a stranger without a token that is known", async () => {
    stage.answer = () => ({ status: 200, body: { type: "anonymous", displayName: "Anonymous" } });
    await expect(confluence.account!(context())).rejects.toMatchObject({ code: "auth" });
  });

  it("says everything in well-formed XML, code with the end of a CDATA section included", async () => {
    await loadDialects(["html"]);
    const source =
      "# A & B\n\n![p](https://a.example/p.png)\n\nx  \ny\n\n***\n\n```xml\n<a>]]></a> & b\n```\n\n| a | b |\n| - | - |\n| 1 | `<` |\n\n- [x] done\n\nn[^1]\n\n[^1]: note";
    const { text } = render(parse(source), "html");
    const storage = storageOf(text, [
      { name: "a.png", alt: 'A "phone" <x>', page: "Home & more", space: "DOCS" },
    ]);
    expect(isWellFormed(storage), storage).toBe(true);
    expect(storage).toContain('<ac:parameter ac:name="language">xml</ac:parameter>');
    expect(wordsIn(storage)).toContain("<a>]]></a> & b");
    expect(wordsIn(storage)).not.toContain("phone");
    expect(isWellFormed("<p>a & b</p>") || isWellFormed("<p>a<br></p>")).toBe(false);
  });
});

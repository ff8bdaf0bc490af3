import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mediawiki } from "../../src/adapters/mediawiki/mediawiki.ts";
import { deeper, sectionIn, titleProblem, withSection } from "../../src/adapters/mediawiki/text.ts";
import { mediawiki as half } from "../../src/sandbox/networks/mediawiki/mediawiki.ts";
import { merged } from "../../src/sandbox/networks/mediawiki/merge.ts";
import { startSandbox } from "../../src/sandbox/server.ts";
import { bytesOf } from "../../src/testing/half.ts";
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

const refusal = (code: string): StageReply => ({
  status: 200,
  headers: { "mediawiki-api-error": code },
  body: { error: { code, info: "As the wiki says." } },
});
const URL_OF = "https://wiki.example/wiki/Acme_2.4";
const out = { id: "7", url: URL_OF, ref: { rev: "12", first: "12", before: "0" } };
const pages = (part: object) => ({ status: 200, body: { query: { pages: [part] } } });
const page = (content: string, part: object = {}) => ({
  ...{ pageid: 7, title: "Acme 2.4", lastrevid: 12, fullurl: URL_OF },
  revisions: [
    {
      revid: 12,
      parentid: 11,
      timestamp: "2026-11-23T09:00:05Z",
      comment: "Acme 2.4",
      slots: { main: { content } },
    },
  ],
  ...part,
});
const nowhere = { title: "Acme 2.4", missing: true, fullurl: URL_OF };
let standing: object = nowhere;
let saved: StageReply = { status: 200, body: {} };

const fieldsOf = ({ body }: StageRequest) => Object.fromEntries(new URLSearchParams(body.toString()));

function answer(request: StageRequest): StageReply {
  if (request.path.includes("meta=tokens"))
    return {
      status: 200,
      headers: { "set-cookie": "wiki_session=a; expires=Thu, 01 Jan 2037 00:00:00 GMT; path=/" },
      body: { query: { tokens: { logintoken: "l+\\", csrftoken: "c+\\" } } },
    };
  if (request.method === "GET") return pages(standing);
  if (fieldsOf(request).action === "login")
    return {
      status: 200,
      headers: { "set-cookie": "wiki_BPsession=b; path=/, UseCDNCache=false; path=/" },
      body: { login: { result: "Success" } },
    };
  return saved;
}

describeAdapter(mediawiki, half, {
  receipt: out,
  answer: (request) => {
    standing = page("Acme 2.4 is out");
    saved = {
      status: 200,
      body: { edit: { result: "Success", pageid: 7, title: "Acme 2.4", newrevid: 13 } },
    };
    const isAbout = request.method === "POST" ? /action=(edit|delete)/ : /pageids|titles/;
    // The files are the half's.
    if (request.path.includes("imageinfo")) return undefined;
    const said = request.method === "POST" ? request.body.toString() : request.path;
    return isAbout.test(said) ? (answer(request) as { status: number }) : undefined;
  },
  changes: ({ body }) => /action=(edit|delete)/.test(body.toString()),
  gone: pages({ pageid: 7, missing: true }) as { status: number },
});

describe("mediawiki", () => {
  let stage: Stage;
  beforeEach(async () => {
    standing = nowhere;
    saved = {
      status: 200,
      body: { edit: { result: "Success", pageid: 7, title: "Acme 2.4", oldrevid: 0, newrevid: 12 } },
    };
    stage = await openStage(answer);
  });
  afterEach(() => stage.close());
  const context = (channel: object = {}) =>
    contextOn(mediawiki, stage, {
      channel: {
        api: `${stage.url}/w/api.php`,
        username: "Acme@broadcast",
        password: "wiki-secret-password",
        ...channel,
      },
    });
  const post = (part: object = {}) => postOf({ options: {}, title: "Acme 2.4", ...part });
  const sent = () => fieldsOf(stage.requests.at(-1)!);

  it("logs in with a bot password, never edits as a stranger, and sends the token last", async () => {
    expect(await mediawiki.publish(post(), context())).toEqual(out);
    expect(stage.requests.at(-1)!.headers.cookie).toBe("wiki_session=a; wiki_BPsession=b; UseCDNCache=false");
    expect(sent()).toMatchObject({ assert: "user", createonly: "1", text: "Acme 2.4 is out", token: "c+\\" });
    expect(stage.requests.at(-1)!.body.toString()).toMatch(/&token=[^&]+$/);
  });

  it("takes a page with its own words for its own, and no other", async () => {
    saved = refusal("articleexists");
    standing = page("Acme 2.4 is out\n");
    expect(await mediawiki.publish(post(), context())).toEqual(out);
    standing = page("By hand");
    await expect(mediawiki.publish(post(), context())).rejects.toMatchObject({ code: "rejected" });
    expect(await mediawiki.find!(post(), context(), STARTED)).toBe("absent");
  });

  it("replaces a page's words only on top of what it has seen, and undoes that", async () => {
    standing = page("By hand");
    const updating = post({ options: { update: true } });
    const receipt = await mediawiki.publish(updating, context());
    expect(sent()).toMatchObject({ baserevid: "12", nocreate: "1" });
    expect(receipt.ref).toEqual({ rev: "12", first: "12", before: "12" });
    await mediawiki.retract!({ ...receipt, ref: { rev: "13", before: "12" } }, context());
    expect(sent()).toMatchObject({ action: "edit", undo: "13", undoafter: "12" });
  });

  it("knows its section by the key in the history", async () => {
    const channel = { page: "News" };
    const receipt = await mediawiki.publish(post({ text: "== More ==\n\nWords" }), context(channel));
    expect(sent()).toMatchObject({
      ...{ section: "new", sectiontitle: "Acme 2.4", text: "=== More ===\n\nWords" },
      summary: "Acme 2.4 (4f1d2c3b5a69)",
    });
    expect(receipt).toMatchObject({ id: "12", ref: { page: "7", heading: "Acme 2.4" } });
    standing = page("", { revisions: [{ revid: 12, comment: "Acme 2.4 (4f1d2c3b5a69)" }] });
    expect(await mediawiki.find!(post(), context(channel), STARTED)).toEqual(receipt);
    saved = refusal("editconflict");
    expect(await mediawiki.publish(post(), context(channel))).toEqual(receipt);
    standing = page("", { revisions: [{ revid: 12, comment: "Acme 2.4 (000000000000)" }] });
    expect(await mediawiki.find!(post(), context(channel), STARTED)).toBe("absent");
  });

  it("cuts its section out and leaves the others", async () => {
    standing = page("Intro\n\n== Acme 2.4 ==\n\nOurs\n\n=== More ===\n\nOurs\n\n== Other ==\n\nTheirs");
    const receipt = { id: "12", url: URL_OF, ref: { page: "7", rev: "12", heading: "Acme 2.4" } };
    expect(await mediawiki.read!(receipt, context())).toMatchObject({ text: "Ours\n\n== More ==\n\nOurs" });
    await mediawiki.retract!(receipt, context());
    expect(sent()).toMatchObject({ baserevid: "12", text: "Intro\n\n== Other ==\n\nTheirs" });
  });

  it("empties a page that it may not delete", async () => {
    stage.answer = (request) =>
      fieldsOf(request).action === "delete" ? refusal("permissiondenied") : answer(request);
    await mediawiki.retract!(out, context());
    expect(sent()).toMatchObject({ action: "edit", text: "", pageid: "7" });
    stage.answer = (request) => (request.method === "POST" ? refusal("nosuchpageid") : answer(request));
    stage.requests.length = 0;
    const known = contextOn(mediawiki, stage, {
      channel: { api: `${stage.url}/w/api.php`, token: "wiki-secret-token" },
    });
    await mediawiki.retract!(out, known);
    expect(sent()).toMatchObject({ action: "delete" });
  });

  it("says that others have changed the same lines", async () => {
    saved = refusal("editconflict");
    await expect(mediawiki.edit!(out, post(), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("same lines"),
    });
  });

  it.each([
    ["ratelimited", "limited"],
    ["maxlag", "limited"],
    ["readonly", "unavailable"],
    ["blocked", "auth"],
    ["permissiondenied", "auth"],
    ["protectedpage", "rejected"],
    ["spamblacklist", "rejected"],
    ["abusefilter-disallowed", "rejected"],
    ["titleblacklist-forbidden", "rejected"],
    ["internal_api_error_DBQueryError", "uncertain"],
  ])("reads %s, at status 200, as %s", async (code, meaning) => {
    saved = refusal(code);
    await expect(mediawiki.publish(post(), context())).rejects.toMatchObject({ code: meaning });
  });

  it("says that a captcha needs a person, and that a wiki refuses before anything is sent", async () => {
    saved = { status: 200, body: { edit: { result: "Failure", captcha: { type: "simple", id: "1" } } } };
    await expect(mediawiki.publish(post(), context())).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("captcha"),
    });
    standing = { ...nowhere, actions: { edit: [], create: [{ code: "protectedpage", text: "Locked." }] } };
    await expect(mediawiki.prepare!([post()], context().preparation)).rejects.toMatchObject({
      code: "rejected",
    });
  });

  it("knows names that no page can have", () => {
    for (const name of ["C# news", "A|b", "[x]", "../up", "File: x", "user talk:me", "50%25", "~~~~"])
      expect(titleProblem(name), name).toBeDefined();
    for (const name of ["Acme 2.4: out", "News/Acme", "50% more", "Émile & co", "v2..4"])
      expect(titleProblem(name), name).toBeUndefined();
  });

  it("tells sections of the same heading apart", () => {
    const past = "== A ==\n\none\n\n== A ==\n\ntwo";
    const now = "== A ==\n\none\n\n== A ==\n\nTWO\n\n== A ==\n\nthree";
    expect(sectionIn(now, past, "A")).toBe("TWO");
    expect(sectionIn(now, past, "A", 0)).toBe("one");
    expect(sectionIn("== A ==\n\nother", past, "A")).toBeUndefined();
    expect(withSection(now, "A", { heading: "B", words: "x" }, 1)).toEqual({
      text: "== A ==\n\none\n\n== B ==\n\nx\n\n== A ==\n\nthree",
      nth: 0,
    });
  });

  it("takes no heading of code for a section", () => {
    const text = '<syntaxhighlight lang="js">\n== A ==\n</syntaxhighlight>\n\n== A ==\n\nx';
    expect(deeper(text)).toBe(text.replace(/== A ==\n\nx/, "=== A ===\n\nx"));
    expect(sectionIn(text, text, "A")).toBe("x");
    expect(withSection(text, "B", undefined)).toBeUndefined();
  });
});

describe("the sandbox's wiki", () => {
  it("refuses a file that it has from an account that may not replace files, which is ours if its bytes are", async () => {
    const stage = await openStage(() => ({ status: 404 }));
    const sandbox = await startSandbox({ networks: [half], folder: mkdtempSync(join(tmpdir(), "wiki-")) });
    const image = { file: "a.png", sha256: "00", type: "image/png", bytes: 64, alt: "A picture" };
    const publish = (title: string, bytes: string) => {
      const context = contextOn(mediawiki, stage, {
        channel: sandbox.channel("mediawiki", "acme"),
        read: () => bytesOf({ ...image, file: bytes }),
      });
      return mediawiki.publish(postOf({ options: {}, title, media: [image] }), context);
    };
    await publish("One", "a picture");
    await publish("Two", "a picture");
    await expect(publish("Three", "another one")).rejects.toThrow("another file");
    expect((await sandbox.posts()).map(({ title }) => title)).toEqual(["One", "Two"]);
    await sandbox.close();
    await stage.close();
  });

  it("merges what does not touch, and calls the rest a conflict", () => {
    const base = "one\n\ntwo\n\nthree";
    expect(merged(base, "ONE\n\ntwo\n\nthree", "one\n\ntwo\n\nTHREE")).toBe("ONE\n\ntwo\n\nTHREE");
    expect(merged(base, "ONE\n\ntwo\n\nthree", "1\n\ntwo\n\nthree")).toBeUndefined();
    expect(merged(base, "1\n\ntwo\n\nthree", "1\n\ntwo\n\nthree")).toBe("1\n\ntwo\n\nthree");
  });
});

import { describe, expect, it } from "vitest";
import type { Post } from "../../src/adapter.ts";
import type { History } from "../../src/ledger/types.ts";
import { newOwner } from "../../src/lock.ts";
import { drift } from "../../src/report/drift.ts";
import { deliveryJson } from "../../src/report/json.ts";
import { outcomes, tally } from "../../src/report/outcome.ts";
import { quoted } from "../../src/report/shell.ts";
import { byUrgency, statusTable } from "../../src/report/status.ts";
import { PLAIN } from "../../src/report/style.ts";

const NOW = Date.UTC(2026, 11, 1, 9, 0, 0);
const post: Post = { text: "Acme 2.4 is out", entities: [], media: [], tags: [], options: {} };

function history(channel: string, over: Partial<History> = {}): History {
  return {
    id: `campaigns/release.yml/${channel}`,
    campaign: "campaigns/release.yml",
    channel,
    network: channel,
    account: "0".repeat(16),
    digest: "d",
    posts: [post],
    dueAt: NOW,
    state: "published",
    seed: "",
    round: 0,
    nextAt: NOW,
    failures: 0,
    tries: 0,
    createdAt: NOW,
    updatedAt: NOW,
    receipts: [],
    attempts: [],
    corrections: [],
    changes: [],
    retracted: [],
    found: [],
    ...over,
  };
}

const out = history("alpha", { receipts: [{ part: 0, id: "1", url: "https://alpha.example/1", at: NOW }] });
const held = history("beta", { state: "held", code: "uncertain", message: "nobody answered" });
const failed = history("gamma", {
  state: "failed",
  code: "rejected",
  message: "POST gamma.example answered 422: too\x1b[2Jlong",
});

function told(histories: History[], suffix = ""): string {
  return outcomes(
    { histories, now: NOW, suffix, again: `broadcast send campaigns/release.yml${suffix}` },
    PLAIN,
  );
}

describe("outcomes", () => {
  it("show what an adapter notes beside the address", () => {
    const receipt = {
      part: 0,
      id: "1",
      url: "https://alpha.example/1",
      at: NOW,
      ref: { note: "at 2 of 3\nrelays" },
    };
    expect(told([history("alpha", { receipts: [receipt] })])).toContain(
      "https://alpha.example/1 (at 2 of 3 relays)",
    );
  });

  it("show receipts, and for the rest the command that helps", () => {
    expect(told([out, held, failed])).toBe(
      [
        "✓  alpha  published  https://alpha.example/1",
        "?  beta   held       nobody answered",
        "   It is unknown whether it is out. Look at beta for “Acme 2.4 is out”, then say what you saw:",
        "     broadcast resolve campaigns/release.yml/beta --published URL",
        "     broadcast resolve campaigns/release.yml/beta --resend",
        "     broadcast resolve campaigns/release.yml/beta --cancel",
        "✗  gamma  failed     POST gamma.example answered 422: toolong",
        "   The same content is not tried again automatically. When the cause is removed:",
        "     broadcast retry campaigns/release.yml/gamma",
        "   If the text is the cause, fix the campaign and send it again.",
      ].join("\n"),
    );
  });

  it("name the sandbox in every command of a rehearsal", () => {
    expect(told([held], " --sandbox")).toContain("--resend --sandbox");
  });

  it("say which login to renew, and how to go on", () => {
    const text = told([
      history("alpha", { state: "scheduled", code: "auth", message: "401: token expired" }),
    ]);
    expect(text).toContain("✗  alpha  needs a login  401: token expired");
    expect(text).toContain("\n     broadcast login alpha\n");
    expect(text).toMatch(/With the new credential: broadcast send campaigns\/release\.yml$/);
  });

  it("bring several that were given up back by their campaign, with one command", () => {
    const text = told(
      [history("alpha", { state: "cancelled" }), history("beta", { state: "expired" })],
      " --sandbox",
    );
    expect(text).toBe(
      [
        "–  alpha  cancelled",
        "–  beta   expired",
        "",
        "To send it anyway: broadcast retry campaigns/release.yml --cancelled --sandbox",
      ].join("\n"),
    );
  });

  it("say until when something waits", () => {
    const text = told([
      out,
      history("beta", { state: "scheduled", code: "limited", message: "come later", nextAt: NOW + 600_000 }),
    ]);
    expect(text).toContain("!  beta   waiting    come later (again in 10 min)");
    expect(text).toMatch(/To continue, at 2026-12-01 .* or later: broadcast send/);
  });

  it("show what is out of a thread that is not finished", () => {
    const receipts = [{ part: 0, id: "1", url: "https://alpha.example/1", at: NOW }];
    const text = told([history("alpha", { state: "held", posts: [post, post], receipts, message: "?" })]);
    expect(text).toContain("   1/2  https://alpha.example/1");
    expect(text).toContain("It is unknown whether part 2 of 2 is out.");
  });

  it("quote what a shell would take apart", () => {
    expect(quoted("campaigns/a b.yml")).toBe("'campaigns/a b.yml'");
    expect(quoted("it's")).toBe(`'it'\\''s'`);
    expect(quoted("$(rm)")).toBe("'$(rm)'");
  });

  it("are counted", () => {
    expect(tally([out, out, held], PLAIN)).toBe("2 published, 1 held.");
  });
});

describe("status", () => {
  it("lists first what waits for a person", () => {
    expect(byUrgency([out, failed, held]).map(({ state }) => state)).toEqual(["held", "failed", "published"]);
  });

  it("is a table without control characters", () => {
    expect(statusTable([held, failed, out], NOW + 60_000, PLAIN)).toBe(
      [
        "   state      channel  campaign               when       where, or why not",
        "?  held       beta     campaigns/release.yml  1 min ago  nobody answered",
        "✗  failed     gamma    campaigns/release.yml  1 min ago  POST gamma.example answered 422: toolong",
        "✓  published  alpha    campaigns/release.yml  1 min ago  https://alpha.example/1",
      ].join("\n"),
    );
  });
});

describe("status of what a process was at", () => {
  const settling = { suffix: "", where: new Map() };
  const sending = (over: Partial<History>) =>
    statusTable(
      [history("alpha", { state: "sending", leaseUntil: NOW + 60_000, ...over })],
      NOW,
      PLAIN,
      settling,
    );

  it("says when that process is gone", () => {
    const gone = newOwner().replace(`:${process.pid}:`, ":999999999:");
    expect(sending({ owner: gone })).toContain("The process that was sending it is gone.");
    expect(sending({ owner: "elsewhere:1:1:x", leaseUntil: NOW - 1 })).toContain("is gone.");
  });

  it("says nothing while it lives", () => {
    expect(sending({ owner: newOwner() })).not.toContain("gone");
    expect(sending({ owner: "elsewhere:1:1:x" })).not.toContain("gone");
  });
});

describe("JSON of a delivery", () => {
  it("has the documented members and no posts, seeds or owners", () => {
    expect(JSON.parse(JSON.stringify(deliveryJson(out, true)))).toEqual({
      id: "campaigns/release.yml/alpha",
      campaign: "campaigns/release.yml",
      channel: "alpha",
      network: "alpha",
      state: "published",
      due: "2026-12-01T09:00:00.000Z",
      digest: "d",
      rehearsal: true,
      posts: 1,
      receipts: [{ part: 0, id: "1", url: "https://alpha.example/1", at: "2026-12-01T09:00:00.000Z" }],
      attempts: 0,
    });
  });
});

describe("drift", () => {
  it("shows the lines that differ and names what else does", () => {
    const before = [{ ...post, text: "Title\n\nold words\nend" }];
    const after = [{ ...post, text: "Title\n\nnew words\nend", tags: ["x"] }];
    expect(drift(before, after, PLAIN)).toEqual(["- old words", "+ new words", "tags changed"]);
  });

  it("tells a title once, where the text begins with it and where it does not", () => {
    const titled = (title: string, text: string) => [{ ...post, title, text }];
    for (const mark of ["%", "*%*", "<b>%</b>", "## %"]) {
      const [before, after] = ["Q&A on 2.4", "Q&A on 2.5"].map((title) =>
        titled(
          title,
          `${mark.replace("%", mark.startsWith("<") ? title.replace("&", "&amp;") : title)}\n\nSame.`,
        ),
      );
      expect(drift(before!, after!, PLAIN), mark).toHaveLength(2);
    }
    expect(drift(titled("Old", "Same."), titled("New", "Same."), PLAIN)).toEqual(["- Old", "+ New"]);
  });

  it("shows the spot of a long line where it changed", () => {
    const same = "word ".repeat(40);
    const [was, is] = drift([{ ...post, text: `${same}old` }], [{ ...post, text: `${same}new` }], PLAIN);
    expect(was).toMatch(/^- ….*old$/);
    expect(is).toMatch(/^\+ ….*new$/);
  });

  it("names the link only if it leads elsewhere, else its card", () => {
    const linked = (url: string, title: string) => [{ ...post, text: "Same.", link: { url, title } }];
    const before = linked("https://a.example/", "Old");
    expect(drift(before, linked("https://a.example/", "New"), PLAIN)).toEqual(["link card changed"]);
    expect(drift(before, linked("https://b.example/", "Old"), PLAIN)).toEqual(["link changed"]);
    expect(drift(before, before, PLAIN)).toEqual([]);
  });

  it("stays short", () => {
    const before = [{ ...post, text: Array.from({ length: 40 }, (_, index) => `a${index}`).join("\n") }];
    const after = [{ ...post, text: "b" }];
    expect(drift(before, after, PLAIN)).toHaveLength(9);
    expect(drift(before, after, PLAIN).at(-1)).toBe("… and 33 more lines");
  });
});

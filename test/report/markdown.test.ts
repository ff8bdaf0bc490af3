import { describe, expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import type { Need } from "../../src/approval/evaluate.ts";
import { digestWords } from "../../src/plan/digest-words.ts";
import type { Plan } from "../../src/plan/types.ts";
import { planMarkdown } from "../../src/report/markdown.ts";
import { delivery, plan, post, rule } from "../approval/content.ts";

const wall = {
  id: "wall",
  name: "The Wall",
  card: "ours",
  text: { max: 60, unit: "grapheme", markup: "facets", tags: "field" },
} as unknown as Adapter;

const adapters = new Map([["wall", wall]]);

function markdown(of: Plan, needs: Need[] = []): string {
  return planMarkdown({ plan: of, adapters, needs, approve: "broadcast approve release.yml" });
}

describe("a plan as Markdown", () => {
  it("says of every channel what will be said there, and what goes with it", () => {
    const of = plan([
      delivery("wall", [post()], { due: "2026-12-01T09:00:00.000Z", timezone: "Europe/Rome" }),
    ]);
    expect(markdown(of)).toBe(
      [
        "<!-- broadcast plan release.yml -->",
        "### Acme 2.4",
        "`release.yml` · release · external · 1 channel",
        "#### wall",
        "The Wall · external · 2026-12-01 10:00 CET (2026-12-01 09:00 UTC)",
        "15/60",
        "```text\nAcme 2.4 is out\n```",
        [
          "- image [`images/hero.png`](<images/hero.png>) · png · 10 B: “The new sync panel”",
          "- card <https://acme.example/2-4>: Acme 2.4",
          "- tags `release`",
        ].join("\n"),
        `Fingerprint (digest) \`${of.digest}\`, in words **${digestWords(of.digest).join(" ")}**`,
        "",
      ]
        .join("\n\n")
        .replace(/\n\n$/, "\n"),
    );
  });

  it("keeps the text as it is, whatever Markdown is in it", () => {
    const text = "# not a heading\n```js\n@everyone <b>&amp;</b>\n```";
    expect(markdown(plan([delivery("wall", [post({ text })])]))).toContain(`\`\`\`\`text\n${text}\n\`\`\`\``);
  });

  it("lets no word of others mark up, notify or hide anything", () => {
    const media = [
      { file: "a`b.png", sha256: "a", type: "image/png", bytes: 1, alt: "](x) <script> @octocat #1" },
    ];
    const of = plan([delivery("wall", [post({ media, tags: [], link: undefined })])]);
    of.campaign.title = "**Loud** ![x](y) @octocat --> \u202e";
    const told = markdown(of);
    expect(told).toContain("### \\*\\*Loud\\*\\* \\!\\[x\\](y) @\u2060octocat --\\> \\<U+202E\\>");
    expect(told).toContain("`a'b.png`");
    expect(told).toContain("“\\](x) \\<script\\> @\u2060octocat \\#1”");
  });

  it("tells where words lead and whom they notify, when the text does not", () => {
    const entities = [
      { kind: "link" as const, start: 0, end: 4, url: "https://elsewhere.example" },
      { kind: "mention" as const, start: 5, end: 8, handle: "marta.example" },
    ];
    const told = markdown(plan([delivery("wall", [post({ entities })])]));
    expect(told).toContain("- “Acme” leads to <https://elsewhere.example>");
    expect(told).toContain("- “2.4” notifies `marta.example`");
  });

  it("shows no tag of a network whose markup is HTML, and where its links lead", () => {
    const bubble = {
      ...wall,
      id: "bubble",
      text: { ...wall.text, markup: "chat-html" },
    } as unknown as Adapter;
    const text = '<b>Bold</b> &lt;b&gt; and <a href="https://elsewhere.example/a?b&amp;c">words</a>';
    const of = plan([{ ...delivery("wall", [post({ text })]), network: "bubble" }]);
    const told = planMarkdown({ plan: of, adapters: new Map([["bubble", bubble]]), needs: [], approve: "" });
    expect(told).toContain("```text\nBold <b> and words\n```");
    expect(told).toContain("- “words” leads to <https://elsewhere.example/a?b&c>");
  });

  it("shows every post of a thread with its number", () => {
    const told = markdown(plan([delivery("wall", [post(), post({ text: "And more", media: [] })])]));
    expect(told).toContain("**1 of 2** · 15/60");
    expect(told).toContain("**2 of 2** · 15/60\n\n```text\nAnd more\n```");
  });

  it("says what approval it takes, and the command that gives it to exactly this", () => {
    const of = plan();
    const open = {
      rule: rule({ by: ["marta", "chinwe"], approvals: 2 }),
      channels: ["wall"],
      counted: ["marta"],
      refused: [],
      missing: 1,
    };
    const told = markdown(of, [open]);
    expect(told).toContain("- ⏳ 2 approvals by `marta` or `chinwe` for `wall`: given by `marta`");
    expect(told).toContain(`broadcast approve release.yml --digest ${of.digest.slice(0, 32)} --as NAME`);
    expect(markdown(of, [{ ...open, missing: 0 }])).not.toContain("--digest");
  });

  it("names problems, but not the credentials that a reviewer lacks", () => {
    const of = plan();
    of.problems = [
      {
        severity: "error",
        code: "too-long",
        message: "the text for `wall` is too long",
        remedy: "Shorten it.",
      },
      { severity: "warning", code: "missing-env", message: "the variable `TOKEN` is not set" },
    ];
    const told = markdown(of);
    expect(told).toContain("- ❌ the text for `wall` is too long. Shorten it.");
    expect(told).not.toContain("TOKEN");
  });

  it("fits into a comment, and says what did not", () => {
    const long = post({ text: "x".repeat(40_000) });
    const told = markdown(plan([delivery("one", [long]), delivery("two", [long]), delivery("three")]));
    expect(told.length).toBeLessThan(65_536);
    expect(told).toContain("There is no room here for `two`, `three`.");
    expect(told).toMatch(/Fingerprint \(digest\) `[0-9a-f]{64}`, in words \*\*[a-z ]+\*\*\n$/);
  });
});

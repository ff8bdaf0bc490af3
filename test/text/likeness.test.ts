import { describe, expect, it } from "vitest";
import { likeness, shownText } from "../../src/text/likeness.ts";

const SENT =
  "*Acme* 2.4 is out: `sync` is _twice_ as fast. https://acme.example/blog/2-4?utm_source=x #acme @ada@social.example";

describe("a text that the server has rewritten", () => {
  it.each([
    // snac2: Markdown in, HTML out.
    '<p><i>Acme</i> 2.4 is out: <code>sync</code> is <i>twice</i> as fast. <a href="https://acme.example/blog/2-4?utm_source=x">https://acme.example/blog/2-4</a> <a href="https://s.example/?t=acme">#acme</a> <a href="https://social.example/ada">@ada</a></p>',
    // Mastodon: the address is cut for the eye.
    '<p>*Acme* 2.4 is out: `sync` is _twice_ as fast. <a href="https://acme.example/blog/2-4?utm_source=x"><span class="invisible">https://</span><span class="ellipsis">acme.example/blog/2-4?utm</span><span class="invisible">_source=x</span></a> <a href="x">#<span>acme</span></a> <a href="y">@<span>ada</span></a></p>',
    "*Acme*\u00a02.4 is out: “sync” is twice as fast.<br>https://acme.example #acme @ada@social.example",
  ])("is the same by its letters, digits and hosts: %s", (html) => {
    expect(likeness(SENT, shownText(html))).toBe("same");
  });

  it.each([
    ["a notice behind it", `${SENT} Posted with somebody's bridge`],
    ["a cut end", SENT.slice(0, 80)],
    ["a word that is missing", SENT.replace("twice", "")],
  ])("is like it with %s", (_, shown) => {
    expect(likeness(SENT, shown)).toBe("like");
  });

  it.each([
    ["another version", "Acme 2.4 is out", "Acme 2.5 was not ready yet"],
    ["nothing", SENT, ""],
    ["another text", SENT, "We look for people who write Rust and like to walk. https://acme.example/jobs"],
    ["words in another order", "one two three four five six", "six five four three two one"],
  ])("is another: %s", (_, sent, shown) => {
    expect(likeness(sent, shown)).toBe("other");
  });
});

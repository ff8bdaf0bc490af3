/** Nothing that somebody wrote becomes markup. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { away, Html, html, oneLine, raw, slug, webAddress } from "../../src/pages/html.ts";

describe("a template", () => {
  it("escapes what is put into it, and nothing that it made itself", () => {
    const inner = html`<b>${"<i>&\"'"}</b>`;
    expect(html`${inner}${["<", inner]}`.toString()).toBe(
      "<b>&lt;i&gt;&amp;&quot;&#39;</b>&lt;<b>&lt;i&gt;&amp;&quot;&#39;</b>",
    );
    expect(html`${undefined}${false}${0}${[]}`.toString()).toBe("0");
  });

  it("takes no object for a finished piece that only looks like one", () => {
    const forged = { toString: () => "<script>", isEmpty: false };
    expect(() => html`${forged as never}`).toThrow();
    expect(raw("<b>")).toBeInstanceOf(Html);
  });

  it("keeps every text inside its element and its attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const made = html`<p title="${text}">${text}</p>`.toString();
        expect(made).not.toMatch(/<p title="[^"]*"[^>]/);
        expect(made.match(/</g)).toHaveLength(2);
      }),
    );
  });

  it("shows control characters and halves of characters as a box", () => {
    expect(html`${"a\u0000b\ud800c\u001b"}`.toString()).toBe("a\ufffdb\ufffdc\ufffd");
    expect(html`${"👩‍💻\n\t"}`.toString()).toBe("👩‍💻\n\t");
  });

  it("has its values in double quotes wherever they are attributes", () => {
    const folder = "src/pages";
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".ts"),
    );
    const bare = files.filter((file) => /[\w-]=\$\{/.test(readFileSync(join(folder, file), "utf8")));
    expect(bare).toEqual([]);
    const styled = files.filter((file) =>
      / style="| on[a-z]+="/.test(readFileSync(join(folder, file), "utf8")),
    );
    expect(styled).toEqual([]);
  });
});

describe("a link", () => {
  it("leads to pages and mailboxes only", () => {
    expect(webAddress("https://acme.example/?a=b&c=d#e")).toBe("https://acme.example/?a=b&c=d#e");
    expect(webAddress("https://acme.example/Rock_'n'_Roll")).toBe("https://acme.example/Rock_'n'_Roll");
    expect(away("https://acme.example/'x'", "x").toString()).toContain(
      'href="https://acme.example/&#39;x&#39;"',
    );
    expect(webAddress("mailto:a@acme.example")).toBe("mailto:a@acme.example");
    for (const url of [
      "javascript:alert(1)",
      " https://a.b",
      "data:text/html,x",
      "//a.b",
      'https://a.b"onclick=x',
      "HTTPS://a b",
      "file:///etc",
    ])
      expect(webAddress(url), url).toBeUndefined();
  });

  it("is its words alone where it leads nowhere", () => {
    expect(away("javascript:alert(1)", "<here>").toString()).toBe("&lt;here&gt;");
  });
});

it("takes direction marks out of names", () => {
  expect(oneLine("a\u202egnp.exe\u2066 \n b")).toBe("agnp.exe b");
});

it("makes an id of any name", () => {
  expect(slug('team slack/"x')).toBe("team-slack-x");
  expect(slug("2024")).toBe("p-2024");
});

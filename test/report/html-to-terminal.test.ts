import { describe, expect, it } from "vitest";
import { seen } from "../../src/report/html-to-terminal.ts";

function words(html: string, blocks: boolean): string {
  return seen(html, blocks)
    .pieces.map(({ text }) => text)
    .join("");
}

describe("HTML as it is seen", () => {
  it("turns tags into looks and keeps what they hold", () => {
    expect(seen("<b>Acme</b> is <i>out</i>", false).pieces).toEqual([
      { text: "Acme", look: "bold" },
      { text: " is ", look: undefined },
      { text: "out", look: "italic" },
    ]);
  });

  it("tells where links lead, unless their words do", () => {
    const html =
      '<a href="https://a.example/?x=1&amp;y=2">notes</a> <a href="https://b.example">https://b.example</a>';
    expect(seen(html, false).links).toEqual([{ words: "notes", url: "https://a.example/?x=1&y=2" }]);
  });

  it("lays blocks out as lines on a page, and keeps the text's own lines in a chat", () => {
    expect(words("<p>One</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>Two<br>three</p>", true)).toBe(
      "One\n\n• a\n• b\n\n\nTwo\nthree\n\n",
    );
    expect(words("One\n\nTwo", false)).toBe("One\n\nTwo");
    expect(words("<p><b>Two</b> <code>words</code></p>", true)).toBe("Two words\n\n");
  });

  it("tells the cells and rows of a table apart, numbers a list, and says where a picture is", () => {
    const table =
      "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><b>2</b></td></tr></tbody></table><p>Next.</p>";
    expect(words(table, true)).toBe("a · b\n1 · 2\n\n\nNext.\n\n");
    expect(words('<ol start="4"><li>a<ul><li>b</li></ul></li><li>c</li></ol>', true)).toBe(
      "4. a\n  • b\n5. c\n\n\n",
    );
    const picture = seen('<p><img src="https://a.example/?x=1&amp;y=2" alt="A &quot;cat&quot;"></p>', true);
    expect(picture.pieces.map(({ text }) => text).join("")).toBe('(image: A "cat")\n\n');
    expect(picture.links).toEqual([{ words: 'A "cat"', url: "https://a.example/?x=1&y=2" }]);
  });

  it("decodes references once, and after the tags were found", () => {
    expect(words("&lt;b&gt; &amp;lt; &#8364; &#x20ac;", false)).toBe("<b> &lt; € €");
  });

  it("loses nothing to a stray bracket", () => {
    expect(words("1 < 2 and 3 > 2", false)).toBe("1 < 2 and 3 > 2");
  });
});

import { describe, expect, it } from "vitest";
import { entriesOf } from "../../src/sources/feed.ts";
import { inMarkdown } from "../../src/text/in-markdown.ts";
import { parse } from "../../src/text/markdown.ts";
import { render } from "../../src/text/render.ts";

const BASE = "https://acme.example/blog/feed.xml";

const rss = (items: string) =>
  `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A</title><link>https://acme.example</link><description>d</description>${items}</channel></rss>`;

describe("a feed", () => {
  it("is read in each of its forms", () => {
    const atom = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>urn:a</id><updated>2026-11-01T00:00:00Z</updated>
      <entry><title type="html">&lt;b&gt;Two&lt;/b&gt; &amp;amp; more</title><id>tag:2</id><link href="two" rel="alternate"/><updated>2026-11-02T00:00:00Z</updated><summary>S</summary><author><name>Ada</name></author><category term="News"/></entry>
      <entry><title>One</title><id>tag:1</id><link href="https://acme.example/one"/><updated>2026-11-01T00:00:00Z</updated></entry></feed>`;
    expect(entriesOf(atom, BASE)).toMatchObject([
      { title: "One", url: "https://acme.example/one", published: "2026-11-01T00:00:00.000Z" },
      {
        title: "Two & more",
        url: "https://acme.example/blog/two",
        summary: "S",
        author: "Ada",
        tags: ["News"],
      },
    ]);
    const items = rss(
      '<item><title>One</title><link>/one</link><guid isPermaLink="false">1</guid><pubDate>Sun, 01 Nov 2026 00:00:00 GMT</pubDate><description>&lt;p&gt;Hi &lt;script&gt;x&lt;/script&gt;&lt;/p&gt;</description><category>a</category></item>',
    );
    expect(entriesOf(items, BASE)).toMatchObject([
      { title: "One", url: "https://acme.example/one", tags: ["a"] },
    ]);
    expect(entriesOf(items, BASE)[0]!.summary).not.toContain("<");
    const json = JSON.stringify({
      version: "https://jsonfeed.org/version/1.1",
      title: "A",
      items: [
        {
          id: "1",
          url: "https://acme.example/1",
          title: "One",
          content_text: "Text",
          tags: ["x"],
          image: "/i.png",
        },
      ],
    });
    expect(entriesOf(json, BASE)).toMatchObject([
      { title: "One", summary: "Text", tags: ["x"], image: "https://acme.example/i.png" },
    ]);
    expect(() => entriesOf("<html><body>Not found</body></html>", BASE)).toThrow();
  });

  it("knows an entry again, whatever changes but its id", () => {
    const keys = (items: string) => entriesOf(rss(items), BASE).map(({ key }) => key);
    const one = "<item><title>One</title><guid>1</guid></item>";
    const two = "<item><title>Two</title><link>https://acme.example/2</link></item>";
    expect(keys(one + two).sort()).toEqual(keys(two + one.replace("One", "Uno")).sort());
    expect(keys(one + one)).toHaveLength(1);
    expect(keys("<item><title>No id</title></item><item></item>")).toHaveLength(1);
  });

  it("reads HTML as readers see it: references decoded, paragraphs apart, no scripts and styles", () => {
    const html =
      "&lt;p&gt;Caf&amp;eacute; &amp;mdash; &amp;hellip;&lt;script&gt;track()&lt;/script&gt;&lt;style&gt;.a{}&lt;/style&gt;&lt;/p&gt;&lt;p&gt;Second &lt;b&gt;par&lt;/b&gt;a&lt;/p&gt;";
    const [entry] = entriesOf(
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/sub/"><entry><id>1</id><title>AT&amp;amp;T &amp;lt; all</title><link href="post/1"/><content type="html">${html}</content></entry></feed>`,
      BASE,
    );
    expect(entry).toMatchObject({ summary: "Café — … Second para", url: "https://blog.example/sub/post/1" });
    expect(entry!.title).toMatch(/^AT&T </);
  });

  it("gives no address that leads elsewhere than to the web", () => {
    for (const link of ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "mailto:a@b.c"])
      expect(
        entriesOf(rss(`<item><title>x</title><guid>1</guid><link>${link}</link></item>`), BASE)[0]!.url,
      ).toBe("");
  });
});

describe("its words in a campaign", () => {
  it.each([
    "**bold** [link](https://evil.example) # heading",
    "@everyone <@123> #tag `code` ~~gone~~",
    "- item\\ * x _y_ | a | b | ![i](x) https://evil.example a@b.example",
    "{{ secret }} {% include 'x' %} $x$ ==y==",
  ])("are only words: %s", (text) => {
    const { text: shown, entities } = render(parse(`Before ${inMarkdown(text)} after`), "plain", {});
    // What a network would take for a mention or a tag has an invisible letter inside.
    expect(shown.replaceAll("\u200b", "")).toBe(`Before ${text} after`);
    expect(entities.filter(({ kind }) => kind !== "link")).toEqual([]);
  });
});

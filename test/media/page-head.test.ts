import { describe, expect, it } from "vitest";
import { readHead } from "../../src/media/page-head.ts";

const URL_ = "https://acme.example/blog/2-4";

function headOf(html: string | Buffer, { type = "text/html; charset=utf-8", piece = 100 } = {}) {
  const reader = readHead(URL_, type);
  const bytes = Buffer.from(html);
  let read = 0;
  for (let at = 0; at < bytes.length; at += piece) {
    read = Math.min(bytes.length, at + piece);
    if (reader.write(bytes.subarray(at, read))) break;
  }
  return { ...reader.head(), read };
}

const page = (head: string, body = "") =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;

describe("the head of a page", () => {
  it("says title, description and picture, Open Graph first", () => {
    expect(
      headOf(
        page(`<title>Ours</title><meta name="description" content="Plain words">
          <meta property="og:title" content="Acme 2.4 &amp; more"><meta name="twitter:title" content="No">
          <meta property="og:description" content="It is  out
          today"><meta property="og:image" content="/hero.png"><meta property="og:image:width" content="1200">`),
      ),
    ).toMatchObject({
      title: "Acme 2.4 & more",
      description: "It is out today",
      image: "https://acme.example/hero.png",
    });
  });

  it("ends at the first tag that no head has, and after some thousand tags, in no time", () => {
    const began = performance.now();
    const nested = headOf(`<html><head>${"<b>".repeat(330_000)}`, { piece: 65_536 });
    const allowed = headOf(`<html><head>${"<noscript>".repeat(90_000)}`, { piece: 65_536 });
    expect([nested.read, allowed.read]).toEqual([65_536, 65_536]);
    expect(performance.now() - began).toBeLessThan(3_000);
    const late = '<p>Words</p><meta property="og:title" content="Not ours">';
    expect(headOf(`<title>Ours</title>${late}`).title).toBe("Ours");
  });

  it("keeps the joiners, and drops what turns the line around", () => {
    const { title } = headOf(
      page("<title>\u{1f469}\u200d\u{1f4bb} \u0645\u06cc\u200c\u062e \u202eabc\u061c</title>"),
    );
    expect(title).toBe("\u{1f469}\u200d\u{1f4bb} \u0645\u06cc\u200c\u062e abc");
  });

  it("is not in UTF-16 because a page says so that could be read so far", () => {
    expect(headOf(page('<meta charset="utf-16"><title>Ours</title>'), { type: "text/html" }).title).toBe(
      "Ours",
    );
  });

  it.each([
    ["its title alone", page("<title>Caf&eacute;\n at last</title>"), { title: "Café at last" }],
    [
      "Twitter's names",
      page(
        '<meta name="twitter:title" content="T"><meta name="twitter:image" content="https://cdn.example/a.jpg">',
      ),
      { title: "T", image: "https://cdn.example/a.jpg" },
    ],
    [
      "a base",
      page('<base href="https://cdn.example/x/"><meta property="og:image" content="a.png">'),
      { image: "https://cdn.example/x/a.png" },
    ],
    [
      "no picture that is not an address on the web",
      page('<title>A</title><meta property="og:image" content="data:image/png;base64,AAAA">'),
      { title: "A" },
    ],
    ["nothing empty", page('<title> </title><meta property="og:title" content="  ">'), {}],
    [
      "capital letters and no quotes",
      "<HTML><HEAD><TITLE>A</TITLE><META NAME=Description CONTENT=words>",
      { title: "A", description: "words" },
    ],
    [
      "the first of two",
      page('<meta property="og:title" content="One"><meta property="og:title" content="Two">'),
      { title: "One" },
    ],
    [
      "no title of an icon in its body",
      page("<title>A</title>", "<svg><title>Icon</title></svg>"),
      { title: "A" },
    ],
  ])("has %s", (_, html, expected) => {
    const { read: _read, ...head } = headOf(html);
    expect(head).toEqual(expected);
  });

  it.each([
    ["its header", Buffer.from(page("<title>Größe</title>"), "latin1"), "text/html; charset=iso-8859-1"],
    ["itself", Buffer.from(page('<meta charset="windows-1252"><title>Größe</title>'), "latin1"), "text/html"],
    [
      "its first bytes",
      Buffer.from(`\ufeff${page("<title>Größe</title>")}`, "utf16le"),
      "text/html; charset=utf-8",
    ],
    ["nothing", Buffer.from(page("<title>Größe</title>")), "text/html"],
    ["nonsense", Buffer.from(page("<title>Größe</title>")), "text/html; charset=klingon"],
  ])("is read in the encoding that is named by %s", (_, bytes, type) => {
    expect(headOf(bytes, { type, piece: 7 }).title).toBe("Größe");
  });

  it("is left as soon as it is over, however long the page is", () => {
    const { title, read } = headOf(page("<title>A</title>", "x".repeat(700_000)), { piece: 16_384 });
    expect([title, read]).toEqual(["A", 16_384]);
  });

  it("is given up where it does not end, with what it said until then", () => {
    const endless = `<head><title>A</title>${'<meta name="x" content="y">'.repeat(100_000)}`;
    const { title, read } = headOf(endless, { piece: 65_536 });
    expect(title).toBe("A");
    expect(read).toBeLessThan(1_100_000);
    expect(headOf(`<head><title>${"a".repeat(2_000_000)}`, { piece: 65_536 }).title).toHaveLength(300);
  });

  it("turns no line around and hides nothing", () => {
    const { title } = headOf(page("<title>\u202eevil\u202c \u200bA\u0000B\u2067c</title>"));
    expect(title).toBe("evil A Bc");
  });
});

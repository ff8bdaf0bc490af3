import { expect, test } from "vitest";
import { decodeHtml, escapeHtml, escapeText, untagged } from "../../src/text/html-escape.ts";

test("what HTML reads as its own is written as a reference, once", () => {
  expect(escapeText(`a & b < c > "d" &amp;`)).toBe(`a &amp; b &lt; c &gt; "d" &amp;amp;`);
  expect(escapeHtml(`a & b < c > "d" 'e'`)).toBe(`a &amp; b &lt; c &gt; &quot;d&quot; 'e'`);
});

test.each([
  ["names", "&lt;&gt;&amp;&quot;&apos;&nbsp;&AMP;", `<>&"'\u00a0&`],
  ["numbers", "&#39;&#x1F389;&#0127881;", "'🎉🎉"],
  ["each once", "&amp;lt; &amp;#39;", "&lt; &#39;"],
  ["half a pair as what stands for an unknown sign", "&#xD83C;", "\ufffd"],
  [
    "nothing that is unknown, unfinished or beyond Unicode",
    "&auml; &copy &#0; &#x110000; AT&T;",
    "&auml; &copy &#0; &#x110000; AT&T;",
  ],
])("reads %s", (_, html, text) => {
  expect(decodeHtml(html)).toBe(text);
});

test("between tags are the words", () => {
  expect(untagged('<p>a <a href="https://acme.example?a=1&amp;b=2">b</a> &lt;c&gt;</p>')).toBe("a b <c>");
});

test("reading undoes escaping", () => {
  const text = `<b>&amp; "x" 'y' &#39; 1 < 2</b>`;
  expect(untagged(escapeHtml(text))).toBe(text);
});

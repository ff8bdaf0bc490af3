import { expect, it } from "vitest";
import { htmlOf, textOfHtml } from "../../src/text/from-html.ts";

it("knows which markups are HTML, and whose line breaks count there", () => {
  expect([htmlOf("html"), htmlOf("matrix"), htmlOf("chat-html"), htmlOf("markdown")]).toEqual([
    "page",
    "page",
    "chat",
    undefined,
  ]);
});

it("has the words of HTML in lines", () => {
  expect(textOfHtml("<p>One &amp; two</p><ul><li>three</li></ul>")).toBe("One & two\nthree\n");
});

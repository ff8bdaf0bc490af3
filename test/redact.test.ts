/** A secret is found however a server or an author wrote it, and nothing else is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { looksSecret, redactor, secretFinder } from "../src/redact.ts";

const TOKEN = "xoxb-12:34/Ab=cd#Ef_gh";
const WEBHOOK = "https://discord.com/api/webhooks/123456789012345678/aB3dEfGhIjKlMnOpQrStUv";

const encoded: [string, string][] = [
  ["as it is", TOKEN],
  ["in other case", TOKEN.toUpperCase()],
  ["percent-encoded", encodeURIComponent(TOKEN)],
  ["percent-encoded in small letters", encodeURIComponent(TOKEN).toLowerCase()],
  ["percent-encoded twice", encodeURIComponent(encodeURIComponent(TOKEN))],
  ["percent-encoded letter by letter", [...TOKEN].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("")],
  ["as decimal references", TOKEN.replace(":", "&#58;")],
  ["as hexadecimal references", TOKEN.replace("/", "&#x2F;")],
  ["as named references", TOKEN.replace(":", "&colon;")],
  ["as JSON escapes", TOKEN.replace(":", "\\u003a")],
  ["with a control character inside", `${TOKEN.slice(0, 9)}\u0007${TOKEN.slice(9)}`],
  ["with an invisible letter inside", `${TOKEN.slice(0, 9)}\u200b${TOKEN.slice(9)}`],
  ["with a dash that does not break", TOKEN.replace("-", "\u2011")],
  ["with a long dash", TOKEN.replace("-", "\u2013")],
  ["in wide letters", [...TOKEN].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join("")],
  ["in hexadecimal", Buffer.from(TOKEN).toString("hex")],
  ["in large hexadecimal", Buffer.from(TOKEN).toString("hex").toUpperCase()],
  ["in base64", Buffer.from(TOKEN).toString("base64")],
  ["in the base64 of a login", Buffer.from(`acme:${TOKEN}`).toString("base64")],
  ["in the base64 of something longer", Buffer.from(`a token: ${TOKEN}, and more`).toString("base64url")],
];

describe("a secret", () => {
  const redact = redactor([TOKEN]);

  it.each(encoded)("is masked %s", (_how, text) => {
    const told = redact(`the server said: ${text} is wrong`);
    expect(told).toMatch(/^the server said: .{0,16}\*\*\*.{0,24} is wrong$/su);
    expect(secretFinder([TOKEN])(told)).toEqual([]);
  });

  it("is masked wherever it stands, and nothing around it changes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
        const told = redact(`${before} ${TOKEN} ${after}`);
        expect(told).toBe(`${before} *** ${after}`);
      }),
    );
  });

  it("leaves texts alone that do not hold it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(redact(text)).toBe(text);
      }),
    );
  });
});

describe("a webhook", () => {
  const redact = redactor([WEBHOOK]);

  it("is masked whole, by its path, and by its token", () => {
    for (const part of [WEBHOOK, new URL(WEBHOOK).pathname, "aB3dEfGhIjKlMnOpQrStUv"])
      expect(redact(`no: ${part}!`)).toBe("no: ***!");
  });

  it("has a number that is public", () => {
    expect(redact("webhook 123456789012345678 is gone")).toBe("webhook 123456789012345678 is gone");
  });
});

describe("what looks like a secret", () => {
  it.each([
    TOKEN,
    WEBHOOK,
    "https://me:pass12@db.example/x".replace("pass12", "aVeryLongPassword1"),
    "hunter2hunter2",
  ])("%s", (value) => expect(looksSecret(value)).toBe(true));
  it.each([
    "true",
    "production",
    "https://acme.example/blog",
    "127.0.0.1:4747",
    "./folder/file.json",
    "Acme GmbH & Co",
  ])("not %s", (value) => expect(looksSecret(value)).toBe(false));
});

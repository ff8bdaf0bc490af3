import { describe, expect, it } from "vitest";
import { withUtm } from "../../src/plan/utm.ts";

const values = { source: "bluesky", campaign: "acme 2.4" };

describe("campaign parameters", () => {
  it.each([
    ["https://acme.example/blog", "https://acme.example/blog?utm_source=bluesky&utm_campaign=acme%202.4"],
    [
      "https://acme.example/?a=b%2Fc",
      "https://acme.example/?a=b%2Fc&utm_source=bluesky&utm_campaign=acme%202.4",
    ],
    [
      "https://acme.example/#part?x",
      "https://acme.example/?utm_source=bluesky&utm_campaign=acme%202.4#part?x",
    ],
    ["https://acme.example/?utm_source=own", "https://acme.example/?utm_source=own&utm_campaign=acme%202.4"],
    ["https://acme.example/?", "https://acme.example/?utm_source=bluesky&utm_campaign=acme%202.4"],
    ["mailto:a@acme.example", "mailto:a@acme.example"],
    ["not a url", "not a url"],
  ])("%s becomes %s", (url, expected) => {
    expect(withUtm(url, values)).toBe(expected);
  });

  it("leaves the link alone when there are none", () => {
    expect(withUtm("https://acme.example/", {})).toBe("https://acme.example/");
  });
});

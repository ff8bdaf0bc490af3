import { describe, expect, it } from "vitest";
import type { Post } from "../../src/adapter.ts";
import { approvedOf } from "../../src/approval/approval.ts";
import { changesBetween } from "../../src/approval/changes.ts";
import type { PlannedDelivery } from "../../src/plan/types.ts";
import { changeBlocks } from "../../src/report/approval.ts";
import { PLAIN } from "../../src/report/style.ts";
import { delivery, plan, post } from "./content.ts";

const before = plan([delivery("wall")]);

function told(after: PlannedDelivery[]): { digest: string; changes: string[] } {
  const next = plan(after);
  return {
    digest: next.digest,
    changes: changesBetween(approvedOf(before), approvedOf(next)).map(
      ({ channel, what }) => `${channel}: ${what.join(", ")}`,
    ),
  };
}

const [media] = post().media;

// What a person would not see at a glance is in here too.
const CHANGES: [string, Partial<Post>, string][] = [
  ["one byte of the text", { text: "Acme 2.4 is  out" }, "text"],
  ["the title", { title: "Acme" }, "title"],
  ["the bytes of an image", { media: [{ ...media!, sha256: "b".repeat(64) }] }, "image images/hero.png"],
  ["its alternative text", { media: [{ ...media!, alt: "Another" }] }, "alt text of images/hero.png"],
  ["an image less", { media: [] }, "image images/hero.png (removed)"],
  ["where the card leads", { link: { url: "https://evil.example", title: "Acme 2.4" } }, "link card"],
  ["what the card says", { link: { url: "https://acme.example/2-4", title: "Acme 2.5" } }, "link card"],
  ["a tag", { tags: ["Release"] }, "tags"],
  ["an option", { options: { visibility: "unlisted" } }, "options"],
  [
    "an address behind words",
    { entities: [{ kind: "link", start: 0, end: 4, url: "https://evil.example" }] },
    "link behind words",
  ],
  [
    "whom a mention notifies",
    { entities: [{ kind: "mention", start: 0, end: 4, handle: "eve" }] },
    "mentions or markup",
  ],
];

describe("a change", () => {
  it.each(CHANGES)("of %s gives another digest, and is named", (_, over, name) => {
    const { digest, changes } = told([delivery("wall", [post(over)])]);
    expect(digest).not.toBe(before.digest);
    expect(changes).toEqual([`wall: ${name}`]);
  });

  it.each([
    ["account", { account: "f".repeat(16) }],
    ["due", { due: "2026-12-02T09:00:00.000Z" }],
    ["expires", { expires: "2026-12-03T09:00:00.000Z" }],
    ["schedule", { schedule: "network" as const }],
    ["late", { late: "skip" as const }],
    ["uncertain", { uncertain: "resend" as const }],
  ])("of the %s gives another digest, and is named", (name, over) => {
    const { digest, changes } = told([delivery("wall", [post()], over)]);
    expect(digest).not.toBe(before.digest);
    expect(changes).toEqual([`wall: ${name}`]);
  });

  it("of the channels is named from both sides", () => {
    expect(told([delivery("wall"), delivery("room")]).changes).toEqual(["room: added"]);
    expect(told([delivery("room")]).changes).toEqual(["room: added", "wall: removed"]);
  });

  it("of the channels' order is named", () => {
    const two = [delivery("wall"), delivery("room")];
    const [first, second] = [plan(two), plan([...two].reverse())];
    expect(second.digest).not.toBe(first.digest);
    expect(changesBetween(approvedOf(first), approvedOf(second))).toMatchObject([
      { what: ["order of the channels"] },
    ]);
  });

  it("is absent when nothing changed", () => {
    expect(told([delivery("wall")])).toEqual({ digest: before.digest, changes: [] });
  });

  it("is shown line by line, with what it was and what it is", () => {
    const after = delivery("wall", [
      post({ text: "Acme 2.5 is out", link: { url: "https://acme.example/2-5", title: "Acme 2.4" } }),
    ]);
    after.due = "2026-12-02T09:00:00.000Z";
    expect(changeBlocks(changesBetween(approvedOf(before), approvedOf(plan([after]))), PLAIN)).toBe(
      [
        "wall  due, text, link card",
        "  - Acme 2.4 is out",
        "  + Acme 2.5 is out",
        "  - due: at once",
        "  + due: 2026-12-02T09:00:00.000Z",
        "  - card: Acme 2.4 · https://acme.example/2-4",
        "  + card: Acme 2.4 · https://acme.example/2-5",
      ].join("\n"),
    );
  });
});

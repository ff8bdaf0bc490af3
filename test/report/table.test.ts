/** Rows stay within the terminal, and nothing that was in them is lost for it. */
import { describe, expect, it } from "vitest";
import { networksTable } from "../../src/report/networks.ts";
import { PLAIN } from "../../src/report/style.ts";
import { table } from "../../src/report/table.ts";
import { columns } from "../../src/report/width.ts";
import { adapters } from "../networks.ts";

const terminal = (width: number) => ({ ...PLAIN, width, wraps: true });
const URL = "https://social.example/@acme/117666495185420289";

describe("a table", () => {
  const rows = [
    ["✓", "social", "published", URL],
    ["✗", "sky", "failed", "POST sky.example answered 422: this is too long, and it has to be said in full"],
    ["·", "team", "waiting", "in 5 s"],
  ];

  it("without titles puts only the end that has no room below its row", () => {
    const lines = table([{}, {}, {}, {}], rows, terminal(50)).join("\n").split("\n");
    expect(lines).toEqual([
      "✓  social  published",
      `     ${URL}`,
      "✗  sky     failed",
      "     POST sky.example answered 422: this is too",
      "     long, and it has to be said in full",
      "·  team    waiting    in 5 s",
    ]);
  });

  it("with titles goes on in a second line for every row, and for the titles", () => {
    const head = [{ title: "" }, { title: "channel" }, { title: "state" }, { title: "where" }];
    expect(table(head, [rows[0]!, rows[2]!], terminal(60)).join("\n").split("\n")).toEqual([
      "   channel  state",
      "     where",
      "✓  social   published",
      `     ${URL}`,
      "·  team     waiting",
      "     in 5 s",
    ]);
  });

  it("is one line a row where there is room, or no terminal", () => {
    expect(table([{}, {}, {}, {}], rows, PLAIN)).toHaveLength(3);
    expect(table([{}, {}, {}, {}], rows, PLAIN).join("\n").split("\n")).toHaveLength(3);
    expect(table([{}, {}, {}, {}], rows, terminal(120)).join("\n").split("\n")).toHaveLength(3);
  });
});

describe("the networks", () => {
  it.each([80, 100, 120])("fit into %i columns, with every number", (width) => {
    const told = networksTable(adapters, terminal(width));
    expect(told.split("\n").filter((line) => columns(line) > width)).toEqual([]);
    expect(told).not.toContain("…");
    expect(told).toContain("2500 per 1h, 17500 per 1d");
    expect(told).toContain("idempotency");
  });
});

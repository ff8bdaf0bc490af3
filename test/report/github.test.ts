/** What a GitHub runner reads: nothing that a person wrote can become a command or an output of its own. */
import { describe, expect, it } from "vitest";
import { annotations, outputLines } from "../../src/report/github.ts";

describe("annotations", () => {
  it("stand at the line and column, with the remedy below", () => {
    const text = annotations(
      [
        {
          severity: "error",
          code: "too-long",
          message: "it is too long",
          remedy: "Shorten it.",
          place: { file: "c.yml", line: 3, column: 5, length: 4, text: "x" },
        },
      ],
      (file) => `docs/${file}`,
    );
    expect(text).toBe(
      "::error file=docs/c.yml,line=3,col=5,endColumn=9,title=broadcast%3A too-long::it is too long%0AShorten it.\n",
    );
  });

  it("keep what people wrote inside the message", () => {
    const text = annotations(
      [
        {
          severity: "warning",
          code: "unknown-key",
          message: "50%\n::stop-commands::now\r\n::error::no",
          place: { file: "a,b:c.yml" },
        },
      ],
      (file) => file,
    );
    expect(text.split("\n").filter((line) => line !== "")).toHaveLength(1);
    expect(text).toBe(
      "::warning file=a%2Cb%3Ac.yml,title=broadcast%3A unknown-key::50%25%0A::stop-commands::now%0D%0A::error::no\n",
    );
  });
});

describe("outputs", () => {
  it("hold values of several lines, and no value can end itself", () => {
    const lines = outputLines({ urls: "a\nend-0\nurls=x", digest: "d" }).split("\n");
    const end = lines[0]!.slice("urls<<".length);
    expect(end).toMatch(/^end-[0-9a-f]{32}$/);
    expect(lines.slice(0, 5)).toEqual([`urls<<${end}`, "a", "end-0", "urls=x", end]);
  });
});

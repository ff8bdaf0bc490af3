/** What a GitHub runner reads: nothing that a person wrote can become a command or an output of its own. */
import { describe, expect, it } from "vitest";
import type { History } from "../../src/ledger/types.ts";
import { annotations, outputLines, sentOutputs, sentSummary } from "../../src/report/github.ts";

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

const history = (over: Partial<History>) =>
  ({
    channel: "news",
    network: "testnet",
    state: "published",
    receipts: [],
    attempts: [],
    ...over,
  }) as History;

describe("the summary", () => {
  it("links every post, and stays one table whatever networks and people call things", () => {
    const text = sentSummary({
      title: "Out | now\n# Not a heading <img>",
      digest: "0123456789abcdef",
      rehearsal: false,
      news: true,
      histories: [
        history({
          receipts: [
            { part: 0, id: "1", url: "https://n.example/1" },
            { part: 1, id: "a](x)|b", url: "https://n.example/wiki_(x)|2" },
          ] as History["receipts"],
        }),
        history({ channel: "team`x`", state: "failed", message: "too long\n| really |" }),
      ],
    });
    const lines = text.trim().split("\n");
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe("### Sent: Out \\| now # Not a heading \\<img\\>");
    expect(lines[4]).toContain("[1](https://n.example/1), [a\\](x)\\|b](https://n.example/wiki_%28x%29%7C2)");
    expect(lines[5]).toMatch(/^\| team\\`x\\` \| .* \| too long \\\| really \\\| \|$/);
    expect(lines[7]).toBe("Fingerprint (digest) `0123456789ab`");
  });
});

describe("a run's outputs", () => {
  it("name every post, and each channel's state", () => {
    const receipts = [
      { part: 0, id: "1", url: "https://n.example/1" },
      { part: 1, id: "2" },
    ];
    const outputs = sentOutputs("d", [
      history({ receipts: receipts as History["receipts"] }),
      history({ channel: "team", state: "failed" }),
    ]);
    expect(outputs).toMatchObject({ digest: "d", ids: "1\n2", urls: "https://n.example/1" });
    expect(JSON.parse(outputs.states!)).toEqual({ news: "published", team: "failed" });
    expect(JSON.parse(outputs.receipts!)).toEqual([
      {
        channel: "news",
        network: "testnet",
        state: "published",
        part: 0,
        id: "1",
        url: "https://n.example/1",
      },
      { channel: "news", network: "testnet", state: "published", part: 1, id: "2" },
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { openProject } from "../../src/app/project.ts";
import { notYetReported } from "../../src/app/reported.ts";
import type { History } from "../../src/ledger/types.ts";
import { folderWith } from "../cli/stand-in.ts";

const HOUR = 3_600_000;
const history = (id: string, state: string, code?: string) => ({ id, state, code }) as History;
const project = () =>
  openProject({
    cwd: folderWith({
      "broadcast.yml": "channels:\n  news: { network: feed, folder: p, title: A, url: https://a.example/ }\n",
    }),
    env: {},
  });

describe("what waits for a login", () => {
  it("is told once a day; everything else each time", async () => {
    const home = await project();
    const all = [history("a", "scheduled", "auth"), history("b", "failed", "rejected")];
    const told = async (at: number) => (await notYetReported(all, home, at)).map(({ id }) => id);
    expect(await told(0)).toEqual(["a", "b"]);
    expect(await told(1)).toEqual(["b"]);
    expect(await told(23 * HOUR)).toEqual(["b"]);
    expect(await told(25 * HOUR)).toEqual(["a", "b"]);
    expect(await told(26 * HOUR)).toEqual(["b"]);
    expect(
      (await notYetReported([history("c", "scheduled", "auth")], home, 26 * HOUR)).map(({ id }) => id),
    ).toEqual(["c"]);
  });
});

/** `status --watch`, and the workers that it shows. */
import { expect, it } from "vitest";
import { createPaint } from "../../src/report/style.ts";
import { workersLine } from "../../src/report/workers.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = `channels:\n  news: { network: feed, folder: public, title: A, url: "https://acme.example/" }\n`;

it.each([["--json"], ["--releases"]])("is not for %s", async (other) => {
  const folder = folderWith({ "broadcast.yml": CONFIG });
  const { code, out, err } = await broadcast(folder, ["status", "--watch", other]);
  expect(code).toBe(2);
  expect(out + err).toContain("`--watch`");
});

it("says how many deliver, what there is to do, and how late it is", () => {
  const layout = { paint: createPaint(false), width: 100, wraps: false };
  const worker = { id: "a", channels: ["news"], startedAt: 0, seenAt: 0, delivering: 2 };
  const backlog = { due: 12, sending: 3, waiting: 40, since: 96_000 };
  expect(workersLine([worker, { ...worker, id: "b", delivering: 1 }], backlog, 100_000, layout)).toBe(
    "2 workers, at 3 channels · 12 due, 3 being sent, 40 later · the oldest is 4 s late",
  );
  expect(workersLine([worker], { due: 0, sending: 0, waiting: 0 }, 0, layout)).toBe(
    "1 worker, at 2 channels · 0 due, 0 being sent, 0 later",
  );
});

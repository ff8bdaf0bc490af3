/** What is a URL stays one, however often it is asked. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isUrl } from "../src/urls.ts";

it("says the same when it has been compiled", () => {
  const said = new Set<boolean>();
  for (let n = 0; n < 100_000; n++) said.add(isUrl("https://bücher.example/größe"));
  expect([...said]).toEqual([true]);
  expect([isUrl("no"), isUrl("/a", "https://a.example"), isUrl("")]).toEqual([false, true, false]);
});

it("is asked instead of the platform, everywhere", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const platform = files.filter((name) => readFileSync(join("src", name), "utf8").includes("URL.canParse("));
  expect(platform).toEqual([]);
});

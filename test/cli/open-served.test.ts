/** `--serve --open`: the address in which the token stands is in no program's arguments. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { openServed } from "../../src/cli/open-served.ts";

const URL_WITH_TOKEN = "http://127.0.0.1:4750/t0k3n-0f-24-bytes/?a=1&b=2";

describe("a served page that is opened", () => {
  it("is named by a file of one's own, which leads there and goes away", async () => {
    const root = mkdtempSync(join(tmpdir(), "broadcast-open-"));
    const browser = join(root, "browser");
    writeFileSync(
      browser,
      `#!/bin/sh\nprintf '%s ' "$@" > "${root}/heard.part" && mv "${root}/heard.part" "${root}/heard"\n`,
    );
    chmodSync(browser, 0o755);
    const project = { config: { root } } as Parameters<typeof openServed>[1];
    const close = await openServed(URL_WITH_TOKEN, project, { env: { BROWSER: browser } });
    await vi.waitFor(() => expect(existsSync(join(root, "heard"))).toBe(true), 10_000);
    const heard = readFileSync(join(root, "heard"), "utf8").trim();
    expect(heard).not.toContain("t0k3n");
    const file = fileURLToPath(heard);
    expect(readFileSync(file, "utf8")).toContain(`url=${URL_WITH_TOKEN.replace("&", "&amp;")}"`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await close();
    expect(existsSync(file)).toBe(false);
  });
});

/** While it waits for the browser, anything may knock. */
import { connect } from "node:net";
import { expect, it } from "vitest";
import { openCallback } from "../../src/auth/callback-server.ts";

function knock(port: number, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (bytes) => (said += bytes));
    socket.on("close", () => resolve(said.split("\r\n")[0] ?? ""));
    socket.on("error", reject);
  });
}

it("goes on waiting, whatever is asked of it", async () => {
  const callback = await openCallback(0);
  const port = Number(new URL(callback.redirect).port);
  const answer = callback.answer((query) => query.get("state") === "ours", AbortSignal.timeout(10_000));
  try {
    for (const line of [
      "GET //",
      "GET ///",
      "GET //[",
      "GET http://",
      "GET /%",
      "OPTIONS *",
      "GET /callback?%",
    ])
      expect(await knock(port, line)).toMatch(/^HTTP\/1\.1 40[04]/);
    expect(await knock(port, "GET /callback?state=theirs")).toMatch(/^HTTP\/1\.1 400/);
    expect(await knock(port, "GET /callback?state=ours&code=7")).toMatch(/^HTTP\/1\.1 200/);
    expect((await answer).get("code")).toBe("7");
  } finally {
    await callback.close();
  }
});

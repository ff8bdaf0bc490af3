import { describe, expect, it } from "vitest";
import { call, stand } from "./stand.ts";

async function bot() {
  const { sandbox } = await stand();
  const { server, email, api_key, channel } = sandbox.channel("zulip", "news");
  const headers = { authorization: `Basic ${btoa(`${email}:${api_key}`)}` };
  const api = (path: string, options: object = {}) =>
    call(`${server}/api/v1${path}`, { headers, ...options });
  const send = (fields: object) =>
    api("/messages", { form: { type: "stream", to: channel, topic: "t", content: "x", ...fields } });
  return { sandbox, api, send, server };
}

describe("the sandbox's Zulip", () => {
  it("shows its posts at an address whose end never reaches a server", async () => {
    const { sandbox, send } = await bot();
    await send({ content: "**Hi** @**Marta|7**" });
    const [post] = await sandbox.posts();
    expect(post?.url).toContain("/#narrow/");
    const page = await call(post!.url);
    expect(page.text).toContain("<strong>Hi</strong>");
    expect(page.text).toContain("@Marta</span>");
  });

  it("cuts what is too long, and takes it", async () => {
    const { sandbox, send } = await bot();
    expect((await send({ content: "x".repeat(10_001), topic: "t".repeat(61) })).body).toMatchObject({
      result: "success",
    });
    const [post] = await sandbox.posts();
    expect(post?.text).toHaveLength(10_000);
    expect(post?.text).toMatch(/\n\[message truncated\]$/);
    expect(post?.account).toMatch(/> t{57}\.\.\.$/);
  });

  it("takes forms and no JSON, and no other channel", async () => {
    const { api, send } = await bot();
    const json = { type: "stream", to: "news", topic: "t", content: "x" };
    expect(await api("/messages", { json })).toMatchObject({
      status: 400,
      body: { code: "REQUEST_VARIABLE_MISSING" },
    });
    expect(await send({ to: "other" })).toMatchObject({
      status: 400,
      body: { code: "STREAM_DOES_NOT_EXIST" },
    });
    expect(await send({ content: "  " })).toMatchObject({
      status: 400,
      body: { msg: "Message must not be empty" },
    });
  });
});

/** What clients that others wrote rely on: found by `npm run test:clients`, kept here without them. */
import { expect, it } from "vitest";
import { call, stand } from "./stand.ts";

it("answers as Mattermost does, in JSON without a charset", async () => {
  const { sandbox } = await stand();
  const { server, token, channel_id } = sandbox.channel("mattermost", "acme", { token: "t" });
  const headers = { authorization: `Bearer ${token}` };
  const made = await call(`${server}/api/v4/posts`, { json: { channel_id, message: "Hi" }, headers });
  const refused = await call(`${server}/api/v4/posts`, { json: { channel_id, message: "Hi" } });
  expect([made, refused].map(({ status, headers: { "content-type": type } }) => [status, type])).toEqual([
    [201, "application/json"],
    [401, "application/json"],
  ]);
});

it("knows on GitHub who asks, by the number that is at what they wrote", async () => {
  const { sandbox } = await stand();
  const { server, token, repository } = sandbox.channel("github", "acme", { token: "t", as: "issue" });
  const headers = { authorization: `Bearer ${token}`, "user-agent": "test" };
  const me = (await call(`${server}/user`, { headers })).body;
  const json = { title: "One", body: "Words" };
  const issue = (await call(`${server}/repos/${repository}/issues`, { json, headers })).body;
  expect(issue.user).toMatchObject({ id: me.id, login: me.login });
  const other = { ...headers, authorization: `Bearer ${token}+maria` };
  expect((await call(`${server}/user`, { headers: other })).body.id).not.toBe(me.id);
});

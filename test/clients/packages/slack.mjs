import assert from "node:assert/strict";
import { LogLevel, WebClient } from "@slack/web-api";

export const network = "slack";

export async function run({ server, token, channel, png, thrown }) {
  const options = { slackApiUrl: `${server}/api/`, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR };
  const slack = new WebClient(token, options);
  const me = await slack.auth.test();
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*From* web-api" } }];
  const made = await slack.chat.postMessage({ channel, text: "From web-api", blocks });
  assert.equal(made.channel, channel);
  assert.ok(me.user_id && me.bot_id);
  assert.equal(made.message.user, me.user_id);
  assert.equal(made.message.bot_id, me.bot_id);
  const { messages } = await slack.conversations.history({ channel, oldest: made.ts, inclusive: true });
  assert.equal(messages.at(-1).ts, made.ts);
  assert.deepEqual(messages.at(-1).blocks[0].text, blocks[0].text);
  const answer = await slack.chat.postMessage({ channel, text: "Below", thread_ts: made.ts });
  const { messages: thread } = await slack.conversations.replies({ channel, ts: made.ts });
  assert.deepEqual(
    thread.map(({ ts }) => ts),
    [made.ts, answer.ts],
  );
  const { permalink } = await slack.chat.getPermalink({ channel, message_ts: made.ts });
  assert.ok(permalink.includes(channel));
  assert.equal(
    (await slack.chat.update({ channel, ts: made.ts, text: "Edited", blocks: [] })).text,
    "Edited",
  );
  const files = await slack.filesUploadV2({
    channel_id: channel,
    file: png,
    filename: "pixel.png",
    alt_text: "A pixel",
    initial_comment: "A file",
  });
  assert.ok(files.files[0].files[0].id);
  await slack.chat.delete({ channel, ts: made.ts });
  const code = async (run) => (await thrown(run)).data.error;
  assert.equal(await code(() => slack.chat.update({ channel, ts: made.ts, text: "x" })), "message_not_found");
  assert.equal(
    await code(() => slack.chat.postMessage({ channel: "C0NOWHERE", text: "x" })),
    "channel_not_found",
  );
  assert.equal(
    await code(() => slack.chat.postMessage({ channel, blocks: [{ type: "nothing" }], text: "x" })),
    "invalid_blocks",
  );
  assert.equal(await code(() => new WebClient("xoxb-wrong", options).auth.test()), "invalid_auth");
}

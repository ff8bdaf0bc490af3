import assert from "node:assert/strict";
import { createClient } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

export const network = "matrix";

export async function run({ server: baseUrl, token, room, png, thrown }) {
  logger.setLevel?.("silent");
  const asking = createClient({ baseUrl, accessToken: token });
  const { user_id: userId } = await asking.whoami();
  const matrix = createClient({ baseUrl, accessToken: token, userId, deviceId: "CLIENT" });
  const { room_id: id } = await matrix.getRoomIdForAlias(room);
  const { content_uri: file } = await matrix.uploadContent(png, { type: "image/png", name: "pixel.png" });
  assert.match(file, /^mxc:\/\//);
  const made = await matrix.sendEvent(
    id,
    "m.room.message",
    { msgtype: "m.text", body: "From matrix-js-sdk" },
    "txn-1",
  );
  const again = await matrix.sendEvent(
    id,
    "m.room.message",
    { msgtype: "m.text", body: "From matrix-js-sdk" },
    "txn-1",
  );
  assert.equal(again.event_id, made.event_id);
  const read = await matrix.fetchRoomEvent(id, made.event_id);
  assert.equal(read.sender, userId);
  assert.equal(read.content.body, "From matrix-js-sdk");
  await matrix.redactEvent(id, made.event_id);
  assert.equal((await matrix.fetchRoomEvent(id, made.event_id)).content.body, undefined);
  assert.equal((await thrown(() => matrix.fetchRoomEvent(id, "$nothing"))).errcode, "M_NOT_FOUND");
  assert.equal(
    (await thrown(() => createClient({ baseUrl, accessToken: "wrong" }).whoami())).errcode,
    "M_UNKNOWN_TOKEN",
  );
}

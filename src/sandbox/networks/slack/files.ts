/** Files in three steps: an address, the bytes, and a message that has them. */
import { text } from "../../body.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { parsed } from "./message.ts";
import { keep, threadOf } from "./messages.ts";
import { argumentsOf, type Call, fail, ID, inChannel, ok } from "./state.ts";

export function getUploadUrl(call: Call): SandboxReply {
  const { state, world } = call;
  const { filename, length, alt_txt } = argumentsOf(call);
  const [name, bytes, alt] = [text(filename), Number(length), text(alt_txt) ?? ""];
  if (!name || !Number.isInteger(bytes) || bytes <= 0) throw fail("invalid_arguments");
  if (alt.length > 1_000) throw fail("alt_txt_too_large");
  const id = `F${numberOf(`file ${state.files.size} ${name}`).slice(0, 10)}`;
  state.files.set(id, { id, name, alt, shares: [] });
  return ok({ upload_url: `${world.base(ID)}/upload/v1/${id}`, file_id: id });
}

/** The upload itself: raw bytes or one file of a form. */
export function receive(call: Call): SandboxReply {
  const file = call.state.files.get(call.params.file ?? "");
  if (!file) return { status: 404, body: "Not Found" };
  file.bytes = call.files()[0]?.bytes ?? call.request.body;
  return { status: 200, body: `OK - ${file.bytes.length}` };
}

export function completeUpload(call: Call): SandboxReply {
  const { state, request, world } = call;
  const { files: said, channel_id, channels, initial_comment } = argumentsOf(call);
  const list = parsed(said);
  if (!Array.isArray(list) || list.length === 0) throw fail("invalid_arguments");
  const files = list.map(({ id }: Record<string, unknown>) => {
    const file = state.files.get(String(id));
    if (file?.bytes === undefined) throw fail("file_not_found");
    return { ...file, file, bytes: file.bytes, type: sniff(file.bytes) ?? "application/octet-stream" };
  });
  const answer = ok({ files: files.map(({ id, name }) => ({ id, title: name })) });
  if (channel_id === undefined && channels === undefined) return answer;
  const { channel } = inChannel(call, text(channel_id ?? channels));
  const thread = threadOf(call);
  call.take("messages", channel);
  // The files are looked at first, and the message appears when that is done.
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : 0;
  const shown = files.map(({ id, name, alt, bytes, type }) => ({ id, name, alt, bytes, type }));
  const words = text(initial_comment) ?? "";
  const draft = { text: words, blocks: [], unfurl: true, markdown: false, files: shown };
  // At once is at once, also for a clock that is turned back afterwards.
  const message = keep(call, draft, thread, wait > 0 ? world.now() + wait : 0);
  for (const { file } of files) file.shares.push(message);
  return answer;
}

export function filesInfo(call: Call): SandboxReply {
  const file = call.state.files.get(text(argumentsOf(call).file) ?? "");
  if (!file) throw fail("file_not_found");
  const shares = file.shares.filter(({ shownAt }) => shownAt <= call.world.now());
  const { id, name } = file;
  const places = Object.fromEntries(shares.map(({ channel, ts }) => [channel, [{ ts }]]));
  return ok({ file: { id, name, title: name, shares: shares.length > 0 ? { public: places } : {} } });
}

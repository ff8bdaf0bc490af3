/** Posts: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api. */

import { isUrl } from "../../../urls.ts";
import type { SandboxReply } from "../../network.ts";
import { mayWriteAs } from "./login.ts";
import { shareOf } from "./reading.ts";
import { postOf } from "./shown.ts";
import { type Call, ID, invalid, MAX, refuse, type Share } from "./state.ts";
import { fileOf } from "./uploads.ts";

const ALT_MAX = 4_086;

const MEMBERS = new Set([
  "author",
  "commentary",
  "visibility",
  "distribution",
  "content",
  "lifecycleState",
  "isReshareDisabledByAuthor",
  "contentLandingPage",
  "contentCallToActionLabel",
  "reshareContext",
  "container",
]);

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  call.who();
  const { fields } = call.body();
  const other = Object.keys(fields).find((key) => !MEMBERS.has(key));
  if (other) throw invalid(`/${other} :: unrecognized field found but not allowed`);
  const author = mayWriteAs(fields.author, call);
  const { commentary, visibility, lifecycleState, distribution } = fields;
  if (typeof commentary !== "string") throw invalid("/commentary :: field is required");
  if (!["PUBLIC", "CONNECTIONS", "LOGGED_IN"].includes(String(visibility)))
    throw invalid("/visibility :: is not an enum symbol");
  if (lifecycleState !== "PUBLISHED" && lifecycleState !== "DRAFT")
    throw invalid("/lifecycleState :: is not an enum symbol");
  if (typeof distribution !== "object" || distribution === null)
    throw invalid("/distribution :: field is required");
  checkLength(commentary);
  const { files, content } = contentIn(fields.content, author, call);
  if (commentary.trim() === "" && files.length === 0 && !content)
    throw invalid("/commentary :: post is empty");
  call.take("posts", author);
  state.sequence += 1;
  const urn = `urn:li:share:${7_380_000_000_000_000_000n + BigInt(state.sequence)}`;
  const share: Share = {
    urn,
    author,
    commentary,
    at: world.now(),
    visibility: String(visibility),
    files,
    ...(content && { content }),
  };
  state.shares.set(urn, share);
  world.accept(postOf(share, world));
  return { status: 201, headers: { "x-restli-id": urn, "x-li-uuid": "sandbox" } };
}

function checkLength(commentary: string): void {
  if (commentary.length > MAX) throw invalid("/commentary :: length is more than 3000");
}

/** Files, an article or a poll; one of them. */
function contentIn(value: unknown, author: string, call: Call): Pick<Share, "files" | "content"> {
  if (value === undefined) return { files: [] };
  const content = value as Record<string, Record<string, unknown>>;
  const [kind, ...more] = Object.keys(content);
  if (more.length > 0) throw invalid("/content :: has more than one kind");
  const used = (id: unknown, alt: unknown = "") => {
    const file = fileOf(call, String(id));
    if (file.owner !== author) throw invalid("/content :: the file belongs to somebody else");
    if (!file.bytes) throw invalid("/content :: the file was not uploaded");
    if (typeof alt !== "string" || alt.length > ALT_MAX)
      throw invalid("/content/altText :: length is more than 4086");
    return { file, alt };
  };
  switch (kind) {
    case "media":
      return { files: [used(content.media?.id, content.media?.altText)] };
    case "multiImage": {
      const images = content.multiImage?.images as { id: unknown; altText?: unknown }[];
      if (!Array.isArray(images) || images.length < 2 || images.length > 20)
        throw invalid("/content/multiImage :: 2 to 20 images");
      const files = images.map(({ id, altText }) => used(id, altText));
      if (files.some(({ file }) => file.kind !== "image"))
        throw invalid("/content/multiImage :: images only");
      return { files };
    }
    case "article": {
      const { source, title, thumbnail } = content.article ?? {};
      if (typeof source !== "string" || !isUrl(source))
        throw invalid("/content/article/source :: is not a URL");
      if (typeof title !== "string" || title === "")
        throw invalid("/content/article/title :: field is required");
      if (thumbnail !== undefined) used(thumbnail);
      return { files: [], content };
    }
    case "poll": {
      const { question, options, settings } = content.poll ?? {};
      const choices = options as { text?: string }[];
      if (typeof question !== "string" || question === "" || question.length > 140)
        throw invalid("/content/poll/question :: 1 to 140 characters");
      if (!Array.isArray(choices) || choices.length < 2 || choices.length > 4)
        throw invalid("/content/poll/options :: 2 to 4");
      if (choices.some(({ text = "" }) => text === "" || text.length > 30))
        throw invalid("/content/poll/options :: 1 to 30 characters");
      const { duration } = (settings ?? {}) as { duration?: string };
      if (!/^(ONE|THREE|SEVEN|FOURTEEN)_DAYS?$/.test(duration ?? ""))
        throw invalid("/content/poll/settings/duration :: is not an enum symbol");
      return { files: [], content };
    }
    default:
      throw invalid(`/content/${kind} :: unrecognized field found but not allowed`);
  }
}

export function update(call: Call): SandboxReply {
  const { request, world } = call;
  const share = shareOf(call);
  mayWriteAs(share.author, call);
  if (request.headers["x-restli-method"] !== "PARTIAL_UPDATE")
    throw refuse(400, "BAD_REQUEST", "X-RestLi-Method: PARTIAL_UPDATE is needed");
  const { patch } = call.body().fields as { patch?: { $set?: Record<string, unknown> } };
  const set = patch?.$set ?? {};
  if (Object.keys(set).join() !== "commentary" || typeof set.commentary !== "string")
    throw invalid("/patch :: only commentary can be set here");
  checkLength(set.commentary);
  share.commentary = set.commentary;
  share.editedAt = world.now();
  world.update(postOf(share, world));
  return { status: 204 };
}

/** "Idempotent": what is gone already is not an error. */
export function remove(call: Call): SandboxReply {
  const urn = decodeURIComponent(call.params.urn!);
  const share = call.state.shares.get(urn);
  if (share) {
    mayWriteAs(share.author, call);
    call.state.shares.delete(urn);
    call.world.remove(ID, urn);
  } else call.who();
  return { status: 204 };
}

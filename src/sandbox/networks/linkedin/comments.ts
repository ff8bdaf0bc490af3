/** Comments: https://learn.microsoft.com/linkedin/marketing/community-management/shares/comments-api. Their words are plain. */
import { escapeHtml } from "../../html.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { mayRead, mayWriteAs } from "./login.ts";
import { type Call, type Comment, ID, invalid, refuse, type Share } from "./state.ts";

const MEMBERS = new Set(["actor", "object", "message", "parentComment", "content"]);

/** A post, or a comment that is answered. */
export function comment(call: Call): SandboxReply {
  const { state, world } = call;
  const { on, share } = targetOf(call);
  const { fields } = call.body();
  const other = Object.keys(fields).find((key) => !MEMBERS.has(key));
  if (other) throw invalid(`/${other} :: unrecognized field found but not allowed`);
  const { object, message, parentComment } = fields as {
    object?: string;
    message?: { text?: string };
    parentComment?: string;
  };
  const actor = mayWriteAs(fields.actor, call);
  if (object !== share.urn) throw invalid("/object :: is not the post that the comment is made on");
  if ((parentComment ?? share.urn) !== on)
    throw invalid("/parentComment :: is not the comment that is answered");
  if (typeof message?.text !== "string" || message.text.trim() === "")
    throw invalid("/message/text :: field is required");
  state.sequence += 1;
  const number = String(7_390_000_000_000_000_000n + BigInt(state.sequence));
  const made: Comment = {
    urn: `urn:li:comment:(${share.urn},${number})`,
    number,
    share: share.urn,
    on,
    actor,
    text: message.text,
    at: world.now(),
  };
  state.comments.push(made);
  world.accept(shownOf(made, world));
  return {
    status: 201,
    headers: { "x-restli-id": number, "x-li-uuid": "sandbox" },
    body: commentEntity(made),
  };
}

export function comments(call: Call): SandboxReply {
  const { urn } = mayReadOn(call);
  const [start, count] = [Number(call.query.get("start") ?? 0), Number(call.query.get("count") ?? 10)];
  const elements = call.state.comments.filter(({ on }) => on === urn);
  return {
    status: 200,
    body: { elements: elements.slice(start, start + count).map(commentEntity), paging: { start, count } },
  };
}

export function updateComment(call: Call): SandboxReply {
  const { request, world } = call;
  const found = ours(call);
  if (request.headers["x-restli-method"] !== "PARTIAL_UPDATE")
    throw refuse(400, "BAD_REQUEST", "X-RestLi-Method: PARTIAL_UPDATE is needed");
  const { patch } = call.body().fields as { patch?: { message?: { $set?: { text?: string } } } };
  const text = patch?.message?.$set?.text;
  if (typeof text !== "string" || text.trim() === "")
    throw invalid("/patch :: only message.text can be set here");
  found.text = text;
  found.editedAt = world.now();
  world.update(shownOf(found, world));
  return { status: 204 };
}

export function removeComment(call: Call): SandboxReply {
  const { state, world } = call;
  const { urn } = ours(call);
  state.comments = state.comments.filter((one) => one.urn !== urn);
  world.remove(ID, urn);
  return { status: 204 };
}

export function commentOf({ state, params }: Call): Comment {
  const on = decodeURIComponent(params.urn!);
  const found = state.comments.find((one) => one.on === on && one.number === params.number);
  if (!found) throw refuse(404, "NOT_FOUND", "Not Found");
  return found;
}

/** Who comments as whom stands in the address. */
function ours(call: Call): Comment {
  const actor = mayWriteAs(call.query.get("actor"), call);
  const found = commentOf(call);
  if (found.actor !== actor) throw refuse(403, "ACCESS_DENIED", "Not enough permissions to access: comments");
  return found;
}

/** The post or the comment in the address, as somebody who may look at it. */
export function mayReadOn(call: Call): { urn: string } {
  const { on, share } = targetOf(call);
  mayRead(share, call);
  return { urn: on };
}

function targetOf({ state, params, who }: Call): { on: string; share: Share } {
  who();
  const on = decodeURIComponent(params.urn!);
  const share = state.shares.get(state.comments.find(({ urn }) => urn === on)?.share ?? on);
  if (!share) throw refuse(404, "NOT_FOUND", "Not Found");
  return { on, share };
}

export function commentEntity({ urn, number, share, on, actor, text, at, editedAt }: Comment) {
  return {
    id: number,
    commentUrn: urn,
    actor,
    object: share,
    ...(on !== share && { parentComment: on }),
    message: { attributes: [], text },
    created: { actor, time: at },
    lastModified: { actor, time: editedAt ?? at },
  };
}

function shownOf({ urn, share, on, actor, text, at }: Comment, world: World): SandboxPost {
  return {
    network: ID,
    account: actor,
    id: urn,
    url: `${world.base(ID)}/feed/update/${share}/`,
    at,
    text,
    html: escapeHtml(text),
    media: [],
    length: text.length,
    max: text.length,
    parent: on,
  };
}

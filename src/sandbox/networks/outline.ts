/** Outline's RPC API, from its specification (github.com/outline/openapi, spec3) and https://www.getoutline.com/developers. Read 2026-11-27. */
import { createHash } from "node:crypto";
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { channelOf, sha256 } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "outline";
const LONGEST = 1_536_000;
const TITLE = 100;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

interface Document {
  id: string;
  team: string;
  title: string;
  text: string;
  icon: string | null;
  revision: number;
  isPublished: boolean;
  deletedAt: number | null;
  at: number;
  editedAt: number;
}

interface File {
  id: string;
  team: string;
  name: string;
  type: string;
  size: number;
  bytes?: Uint8Array;
}

interface State {
  documents: Document[];
  files: File[];
}

/** `who()` is the workspace, which has the channel's name. */
type Call = SomeCall<State, string>;

export const outline: SandboxNetwork = {
  id: ID,
  name: "Outline",
  look: { light: "#2f5fd0", dark: "#8db0ff", mark: "Ol", layout: "article", alt: true },
  ways: [{ name: "key", title: "Acme 2.4", media: { counts: [1, 2], before: true } }],
  channel: (name, base) => ({
    server: base,
    token: `sandbox-${name}`,
    collection: idOf(`collection ${name}`),
  }),
  publishes: isOneOf("POST /api/documents.create"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ documents: [], files: [] }),
    auth({ request }) {
      const team = channelOf(bearer(request));
      if (team === undefined) throw refuse(401, "authentication_required", "Invalid API key");
      return team;
    },
    expired: () => said(401, "authentication_required", "API key is expired"),
    windows: { requests: [{ posts: 1_000, ms: 60_000 }], create: [{ posts: 25, ms: 60_000 }] },
    always: { window: "requests", account: (team) => team },
    limited: ({ limit, seconds }) => ({
      ...said(429, "rate_limit_exceeded", "Rate limit exceeded for this operation"),
      headers: {
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": "0",
        "ratelimit-reset": String(Math.ceil(seconds)),
      },
    }),
    malformed: () => said(400, "validation_error", "The body could not be read"),
    unknown: ({ path }) =>
      path.startsWith("/api/") ? said(404, "not_found", "Resource not found") : undefined,
    routes: {
      "POST /api/auth.info": (call) => {
        const team = call.who();
        const url = `${call.world.base(ID)}/${team}`;
        return ok({ user: { id: idOf(`user ${team}`), name: team }, team: { name: team, url } });
      },
      "POST /api/collections.info": (call) => {
        if (text(call.fields().id) !== idOf(`collection ${call.who()}`)) throw missing();
        return ok({ id: text(call.fields().id), name: "Announcements" });
      },
      "POST /api/documents.create": create,
      "POST /api/documents.info": (call) => ok(entityOf(documentOf(call, true))),
      "POST /api/documents.update": update,
      "POST /api/documents.delete": (call) => {
        const document = documentOf(call);
        document.deletedAt = call.world.now();
        call.world.remove(ID, document.id);
        return { status: 200, body: { success: true, ok: true, status: 200 } };
      },
      "POST /api/attachments.create": attach,
      "POST /api/files.create": (call) => {
        const file = call.state.files.find(({ id }) => id === text(call.fields().key));
        const part = call.files().find(({ name }) => name === "file");
        if (file?.team !== call.who() || !part)
          throw refuse(400, "validation_error", "Request must include a file");
        if (part.bytes.length > file.size)
          throw refuse(400, "validation_error", "The file is larger than was said");
        file.bytes = part.bytes;
        return ok({});
      },
      "POST /api/views.list": (call) =>
        ok(documentOf({ ...call, fields: () => ({ id: call.fields().documentId }) }) && []),
      "POST /api/comments.list": (call) =>
        ok(documentOf({ ...call, fields: () => ({ id: call.fields().documentId }) }) && []),
    },
  }),
};

/** The same in every run. */
function idOf(words: string): string {
  const hex = sha256(`outline ${words}`).toString("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const team = call.who();
  const fields = call.fields();
  const id = text(fields.id) ?? idOf(`document ${state.documents.length}`);
  if (!UUID.test(id)) throw refuse(400, "validation_error", "id: Invalid uuid");
  if (state.documents.some((one) => one.id === id))
    throw refuse(400, "validation_error", "id must be unique");
  const collection = text(fields.collectionId);
  const parent = text(fields.parentDocumentId);
  if (fields.publish === true && collection === undefined && parent === undefined)
    throw refuse(400, "validation_error", "collectionId or parentDocumentId is required to publish");
  if (collection !== undefined && collection !== idOf(`collection ${team}`)) throw missing();
  if (parent !== undefined && !state.documents.some((one) => one.id === parent && one.team === team))
    throw missing();
  call.take("create", team);
  const now = world.now();
  const document: Document = {
    ...{ id, team, title: "", text: "", icon: null, revision: 0, deletedAt: null, at: now, editedAt: now },
    isPublished: fields.publish === true,
    ...wordsIn(call),
  };
  state.documents.push(document);
  world.accept(shown(document, call));
  return ok(entityOf(document));
}

function update(call: Call): SandboxReply {
  const document = documentOf(call);
  const { lastRevision } = call.fields();
  if (lastRevision !== undefined && lastRevision !== document.revision)
    throw refuse(409, "conflict", "Document has changed since last revision");
  Object.assign(document, wordsIn(call), { revision: document.revision + 1, editedAt: call.world.now() });
  call.world.update(shown(document, call));
  return ok(entityOf(document));
}

function wordsIn(call: Call): Partial<Document> {
  const { title, text: words, icon } = call.fields();
  if ([...(text(title) ?? "")].length > TITLE)
    throw refuse(400, "validation_error", `title: must be ${TITLE} characters or less`);
  if ((text(words) ?? "").length > LONGEST)
    throw refuse(400, "validation_error", `text: must be ${LONGEST} characters or less`);
  return {
    ...(title !== undefined && { title: text(title) ?? "" }),
    // It keeps a tree, and writes it anew.
    ...(words !== undefined && { text: (text(words) ?? "").replace(/^- /gm, "* ").trim() }),
    ...(icon !== undefined && { icon: text(icon) ?? null }),
  };
}

/** In the trash it can still be asked about. */
function documentOf(call: Pick<Call, "state" | "who" | "fields">, orDeleted = false): Document {
  const id = text(call.fields().id);
  if (id === undefined) throw refuse(400, "validation_error", "id: Required");
  const found = call.state.documents.find((one) => one.id === id && one.team === call.who());
  if (!found || (found.deletedAt !== null && !orDeleted)) throw missing();
  return found;
}

function attach(call: Call): SandboxReply {
  const { name, contentType, size } = call.fields();
  if (typeof name !== "string" || typeof contentType !== "string" || typeof size !== "number")
    throw refuse(400, "validation_error", "name, contentType and size are required");
  const team = call.who();
  const id = createHash("md5").update(`${team} ${call.state.files.length}`).digest("hex");
  call.state.files.push({ id, team, name, type: contentType, size });
  const url = `/api/attachments.redirect?id=${id}`;
  const form = { "Cache-Control": "max-age=31557600", "Content-Type": contentType, key: id };
  return ok({
    mode: "post",
    maxUploadSize: 26_214_400,
    uploadUrl: `${call.world.base(ID)}/api/files.create`,
    form,
    attachment: { id, name, url, size },
  });
}

function entityOf(document: Document) {
  const { id, title, text: words, icon, revision, isPublished, deletedAt, at, editedAt } = document;
  const time = (value: number) => new Date(value).toISOString();
  return {
    ...{ id, title, text: words, icon, revision, url: pathOf(document) },
    ...{ createdAt: time(at), updatedAt: time(editedAt) },
    publishedAt: isPublished ? time(at) : null,
    deletedAt: deletedAt === null ? null : time(deletedAt),
  };
}

function pathOf({ id, title }: Document): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `/doc/${words || "untitled"}-${id.replaceAll("-", "").slice(0, 10)}`;
}

const PICTURE = /!\[([^\]\n]*)\]\(\/api\/attachments\.redirect\?id=([^)\s]+)\)/g;

function shown(document: Document, { state, world }: Call): SandboxPost {
  const { id, team, title, text: source, icon, isPublished, at } = document;
  const media = [...source.matchAll(PICTURE)].flatMap(([, alt = "", name = ""]) => {
    const file = state.files.find((one) => one.id === name);
    return file?.bytes ? [{ type: sniff(file.bytes) ?? file.type, bytes: file.bytes, alt }] : [];
  });
  const words = source.replace(PICTURE, "").trim();
  return {
    ...{ network: ID, account: `Announcements of ${team}`, id, at, title, media },
    url: `${world.base(ID)}${pathOf(document)}`,
    text: words,
    html: markdownHtml(words),
    length: source.length,
    max: LONGEST,
    notes: [...(isPublished ? [] : ["draft"]), ...(icon ? [icon] : [])],
  };
}

function ok(data: unknown): SandboxReply {
  return { status: 200, body: { data, ok: true, status: 200 } };
}

function said(status: number, error: string, message: string): SandboxReply {
  return { status, body: { ok: false, error, message, status } };
}

function refuse(status: number, error: string, message: string): Error {
  return refusal(said(status, error, message));
}

function missing(): Error {
  return refuse(404, "not_found", "Resource not found");
}

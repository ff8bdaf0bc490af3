/**
 * Hashnode's GraphQL API: https://github.com/Hashnode/gql-skill (schema, mutations, queries, errors). Read 2026-11-27. As much of GraphQL as an
 * article needs. Queries are not cached here.
 */
import { api, isOneOf, refusal } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Article, type Call, entityOf, type State, shown } from "./article.ts";
import { CREATE, type Fields, read, UPDATE } from "./input.ts";

const ID = "hashnode";
const LARGEST = 8_000_000;

const publicationOf = (name: string) => sha256(`publication ${name}`).toString("hex").slice(0, 24);

export const hashnode: SandboxNetwork = {
  id: ID,
  name: "Hashnode",
  look: { light: "#1d4fd8", dark: "#93b1ff", mark: "HN", layout: "article", alt: true },
  ways: [{ name: "token", title: "Acme 2.4", media: { counts: [1, 2], before: true } }],
  channel: (name, base) => ({ server: base, token: `sandbox-${name}`, publication: publicationOf(name) }),
  publishes: isOneOf("POST /"),
  // One address does everything.
  publishing: (body) => /\bpublish(?:Draft|Post)\(/.test(body.toString("utf8")),
  handle: api<State, string>({
    id: ID,
    state: () => ({ articles: [], drafts: [], images: new Map() }),
    auth({ request }) {
      const name = channelOf(bearer(request));
      if (name === undefined) throw refuse("UNAUTHENTICATED", "You must be authenticated.");
      return name;
    },
    expired: () => said("UNAUTHENTICATED", "You must be authenticated."),
    windows: { mutations: [{ posts: 500, ms: 60_000 }] },
    limited: () => ({ ...said("TOO_MANY_REQUESTS", "Too many requests."), status: 429 }),
    malformed: () => ({
      ...said("BAD_REQUEST", "POST body missing, invalid Content-Type, or JSON object has no keys."),
      status: 400,
    }),
    unknown: () => undefined,
    open: {
      // What was presigned needs no token.
      "PUT /upload/*key": (call) => {
        const key = call.params.key ?? "";
        const type = sniff(call.request.body);
        if (!call.state.images.has(key) || !type) return { status: 403, body: "AccessDenied" };
        call.state.images.set(key, { type, bytes: call.request.body });
        return { status: 200, body: "" };
      },
    },
    routes: { "POST /": graphql },
  }),
};

function graphql(call: Call): SandboxReply {
  call.who();
  const { query: asked, variables } = call.fields();
  const query = text(asked) ?? "";
  const given = (variables ?? {}) as Record<string, unknown>;
  const [, operation = ""] = /^\s*(?:query|mutation)\s*\w*\s*(?:\([^)]*\))?\s*\{\s*(\w+)/.exec(query) ?? [];
  const input = (given.input ?? {}) as Record<string, unknown>;
  if (/^\s*mutation/.test(query)) call.take("mutations", call.who());
  switch (operation) {
    case "me":
      return ok({
        me: { id: sha256(call.who()).toString("hex").slice(0, 24), username: call.who() },
        ...(query.includes("publication(") && {
          publication: isOwn(call, given.id) ? { id: given.id, title: call.who(), url: siteOf(call) } : null,
        }),
      });
    case "publication":
      return ok({ publication: isOwn(call, given.id) ? { post: bySlug(call, text(given.slug)) } : null });
    case "createImageUploadURL":
      return createUpload(call, input);
    case "confirmImageUpload": {
      const image = call.state.images.get(text(input.key) ?? "");
      const isFine = image !== undefined && image.bytes.length > 0 && image.bytes.length <= LARGEST;
      return ok({
        confirmImageUpload: { ok: isFine, cdnUrl: isFine ? cdnOf(call, text(input.key) ?? "") : null },
      });
    }
    case "createDraft": {
      const draft = {
        id: sha256(`draft ${call.who()} ${call.state.drafts.length}`).toString("hex").slice(0, 24),
        owner: call.who(),
      };
      if (!isOwn(call, input.publicationId)) throw refuse("NOT_FOUND", "Publication not found.");
      call.state.drafts.push({ ...draft, fields: fieldsOf(CREATE, input), isOpen: true });
      return ok({ createDraft: { draft: { id: draft.id } } });
    }
    case "publishDraft":
      return publish(call, input);
    case "updatePost": {
      const article = articleOf(call, input.id);
      Object.assign(article.fields, fieldsOf(UPDATE, input));
      article.updatedAt = call.world.now();
      call.world.update(shown(article, call));
      return ok({ updatePost: { post: entityOf(article, call) } });
    }
    case "removePost": {
      const article = articleOf(call, input.id);
      article.isThere = false;
      call.world.remove(ID, article.id);
      return ok({ removePost: { post: entityOf(article, call) } });
    }
    default:
      throw refuse("GRAPHQL_VALIDATION_FAILED", `Cannot query field "${operation}".`);
  }
}

function isOwn(call: Call, publication: unknown): boolean {
  return publication === publicationOf(call.who());
}

function siteOf(call: Call): string {
  return `${call.world.base(ID)}/${call.who()}`;
}

function own(call: Call): Article[] {
  return call.state.articles.filter(({ owner, isThere }) => isThere && owner === call.who());
}

function bySlug(call: Call, slug: string | undefined) {
  const article = own(call).find((one) => one.fields.slug === slug);
  return article ? entityOf(article, call) : null;
}

function articleOf(call: Call, id: unknown): Article {
  const article = own(call).find((one) => one.id === id);
  if (!article) throw refuse("NOT_FOUND", "Post not found.");
  return article;
}

const cdnOf = (call: Call, key: string) => `${call.world.base(ID)}/cdn/${key}`;

function createUpload(call: Call, input: Record<string, unknown>): SandboxReply {
  if (!/^image\/(?!svg)/.test(text(input.contentType) ?? ""))
    throw refuse("BAD_USER_INPUT", "contentType must be an image, and no SVG.");
  const key = `${call.who()}/${call.state.images.size + 1}.img`;
  call.state.images.set(key, { type: "", bytes: Buffer.alloc(0) });
  const presignedPut = { url: `${call.world.base(ID)}/upload/${key}`, cdnUrl: cdnOf(call, key), key };
  return ok({ createImageUploadURL: { presignedPut } });
}

/** Uses the draft up: it is not found a second time. */
function publish(call: Call, input: Record<string, unknown>): SandboxReply {
  const draft = call.state.drafts.find(
    ({ id, owner, isOpen }) => isOpen && owner === call.who() && id === input.draftId,
  );
  if (!draft) throw refuse("NOT_FOUND", "Draft not found.");
  const { fields } = draft;
  if (!fields.title || !fields.contentMarkdown)
    throw refuse("BAD_USER_INPUT", "A title and a text are needed.");
  draft.isOpen = false;
  const now = call.world.now();
  const slug = freeSlug(fields.slug ?? "post", call);
  const article: Article = {
    ...{ id: sha256(`post ${draft.id}`).toString("hex").slice(0, 24), owner: draft.owner, isThere: true },
    ...{ fields: { ...fields, slug }, at: now, updatedAt: now },
  };
  call.state.articles.push(article);
  call.world.accept(shown(article, call));
  return ok({ publishDraft: { post: entityOf(article, call) } });
}

function freeSlug(wanted: string, call: Call): string {
  const taken = new Set(own(call).map(({ fields }) => fields.slug));
  for (let number = 0; ; number++) {
    const slug = number === 0 ? wanted : `${wanted}-${number}`;
    if (!taken.has(slug)) return slug;
  }
}

function fieldsOf(known: readonly string[], input: Record<string, unknown>): Fields {
  const fields = read(known, input);
  if (typeof fields === "string") throw refuse("BAD_USER_INPUT", fields);
  return fields;
}

function ok(data: unknown): SandboxReply {
  return { status: 200, body: { data } };
}

function said(code: string, message: string): SandboxReply {
  return { status: 200, body: { errors: [{ message, extensions: { code } }], data: null } };
}

function refuse(code: string, message: string): Error {
  return refusal(said(code, message));
}

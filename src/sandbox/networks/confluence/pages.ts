/** Pages of both Confluences, with what the two say of them. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { utf8 } from "../../count.ts";
import { escapeHtml } from "../../html.ts";
import type { SandboxPost, SandboxReply } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";

export const ID = "confluence";
export const SPACE = "DOCS";

export interface Page {
  id: string;
  site: string;
  title: string;
  body: string;
  parent: string;
  version: number;
  status: "current" | "trashed";
  at: number;
}

export interface Attachment {
  page: string;
  title: string;
  type: string;
  bytes: Uint8Array;
}

export interface State {
  pages: Page[];
  attachments: Attachment[];
  last: number;
}

/** `who()` is the site, which has the channel's name. */
export type Call = SomeCall<State, string>;

export function isCloud({ path }: Pick<Call, "path">): boolean {
  return path.includes("/wiki/");
}

/** Each says no in its own shape. */
export function said(call: Pick<Call, "path">, status: number, message: string): SandboxReply {
  if (call.path.includes("/api/v2/"))
    return {
      status,
      body: {
        errors: [
          { status, code: CODES[status] ?? "INVALID_REQUEST_PARAMETER", title: message, detail: null },
        ],
      },
    };
  if (status === 401) return { status, body: { message, "status-code": 401 } };
  return {
    status,
    body: { statusCode: status, data: { authorized: status !== 403, valid: true, errors: [] }, message },
  };
}

const CODES: Record<number, string> = {
  401: "UNAUTHORIZED",
  404: "NOT_FOUND",
  409: "CONFLICT",
  429: "RATE_LIMITED",
};

export function refuse(call: Pick<Call, "path">, status: number, message: string): Error {
  return refusal(said(call, status, message));
}

/** Every site has a space with a home. */
export function homeOf({ state, world }: Call, site: string): Page {
  const there = state.pages.find((page) => page.site === site && page.parent === "");
  if (there) return there;
  const home: Page = {
    ...{ id: String(++state.last), site, title: "Home", body: "<p>Welcome</p>", parent: "" },
    ...{ version: 1, status: "current" as const, at: world.now() },
  };
  state.pages.push(home);
  return home;
}

export function pageOf(call: Call, id = call.params.id): Page {
  const page = call.state.pages.find((one) => one.id === id && one.site === call.who());
  if (!page) throw refuse(call, 404, `Cannot find content with id ${id}`);
  return page;
}

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const site = call.who();
  const fields = call.fields();
  const title = text(fields.title) ?? "";
  const home = homeOf(call, site);
  const parent = parentOf(call) ?? home.id;
  if (!state.pages.some((one) => one.id === parent && one.site === site && one.status === "current"))
    throw refuse(call, 404, `No parent with id ${parent}`);
  checkTitle(call, title, undefined);
  const body = bodyIn(call);
  const id = String(++state.last);
  const page: Page = { id, site, title, body, parent, version: 1, status: "current", at: world.now() };
  state.pages.push(page);
  world.accept(shown(page, call));
  return { status: 200, body: entityOf(page, call) };
}

function parentOf(call: Call): string | undefined {
  const { spaceId, parentId, space, ancestors, status, type } = call.fields();
  if (isCloud(call)) {
    if (text(spaceId) !== spaceIdOf(call.who())) throw refuse(call, 404, "Specified space not found");
    if (status !== undefined && status !== "current" && status !== "draft")
      throw refuse(call, 400, "Provided value for status is not valid");
    return text(parentId);
  }
  if (type !== "page") throw refuse(call, 400, "Content type is required");
  if (text((space as { key?: unknown } | undefined)?.key) !== SPACE)
    throw refuse(call, 404, "No space with that key");
  const [first] = Array.isArray(ancestors) ? (ancestors as { id?: unknown }[]) : [];
  return text(first?.id);
}

export function update(call: Call): SandboxReply {
  const page = pageOf(call);
  const fields = call.fields();
  const title = text(fields.title) ?? "";
  if (isCloud(call) && text(fields.id) !== page.id)
    throw refuse(call, 400, "The id in the body is not that of the path");
  if (isCloud(call) && fields.status === undefined) throw refuse(call, 400, "status must not be null");
  const number = (fields.version as { number?: unknown } | undefined)?.number;
  if (typeof number !== "number")
    throw refuse(call, 400, "Must supply an incremented version when updating Content. No version supplied.");
  if (number !== page.version + 1)
    throw refuse(call, 409, `Version must be incremented on update. Current version is: ${page.version}`);
  checkTitle(call, title, page);
  const body = bodyIn(call);
  Object.assign(page, { title, body, version: number, at: call.world.now() });
  call.world.update(shown(page, call));
  return { status: 200, body: entityOf(page, call) };
}

function checkTitle(call: Call, title: string, own: Page | undefined): void {
  if (title.trim() === "") throw refuse(call, 400, "Title cannot be empty");
  if ([...title].length > 255) throw refuse(call, 400, "Title cannot be longer than 255 characters");
  const taken = call.state.pages.some(
    (one) => one !== own && one.site === call.who() && one.title === title && one.status === "current",
  );
  if (taken)
    throw refuse(
      call,
      400,
      `A page with this title already exists: A page already exists with the title ${title} in the space with key ${SPACE}`,
    );
}

function bodyIn(call: Call): string {
  const body = call.fields().body as Record<string, unknown> | undefined;
  const storage = (isCloud(call) ? body : body?.storage) as
    | { value?: unknown; representation?: unknown }
    | undefined;
  if (storage?.representation !== "storage" || typeof storage.value !== "string")
    throw refuse(call, 400, "The body has no value in the representation storage");
  if (!isWellFormed(storage.value)) throw refuse(call, 400, "Error parsing xhtml: Unexpected close tag");
  // What is stored has ids that Confluence gave.
  return storage.value.replace(
    /<ac:structured-macro (?!ac:macro-id)/g,
    '<ac:structured-macro ac:macro-id="0b1c" ac:schema-version="1" ',
  );
}

/** XML: every element is closed, and what is not an element is escaped. */
export function isWellFormed(source: string): boolean {
  const open: string[] = [];
  const rest = source.replace(/<!\[CDATA\[.*?\]\]>/gs, "");
  let at = 0;
  for (const tag of rest.matchAll(/<(\/?)([a-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi)) {
    if (/[<]/.test(rest.slice(at, tag.index)) || /&(?!#?\w+;)/.test(rest.slice(at, tag.index))) return false;
    at = tag.index + tag[0].length;
    if (tag[1] === "/") {
      if (open.pop() !== tag[2]) return false;
    } else if (tag[4] !== "/") open.push(tag[2] ?? "");
  }
  return open.length === 0 && !rest.slice(at).includes("<");
}

export function spaceIdOf(site: string): string {
  return String(65_000 + site.length);
}

export function entityOf(page: Page, call: Call): Record<string, unknown> {
  const { id, title, status, version, body, parent, at } = page;
  const base = `${call.world.base(ID)}/${page.site}${isCloud(call) ? "/wiki" : ""}`;
  const webui = isCloud(call)
    ? `/spaces/${SPACE}/pages/${id}/${encodeURIComponent(title).replaceAll("%20", "+")}`
    : `/pages/viewpage.action?pageId=${id}`;
  const time = new Date(at).toISOString();
  return {
    id,
    title,
    status,
    ...(isCloud(call) ? { spaceId: spaceIdOf(page.site), parentId: parent } : { type: "page" }),
    version: { number: version, ...(isCloud(call) ? { createdAt: time } : { when: time }) },
    body: { storage: { value: body, representation: "storage" } },
    _links: { base, webui },
  };
}

export function shown(page: Page, call: Call): SandboxPost {
  const { id, site, title, body, at } = page;
  const { base, webui } = entityOf(page, call)._links as { base: string; webui: string };
  const media = [
    ...body.matchAll(/<ac:image(?: ac:alt="([^"]*)")?[^>]*><ri:attachment ri:filename="([^"]*)"/g),
  ].flatMap(([, alt = "", name = ""]) => {
    const file = call.state.attachments.find((one) => one.title === name);
    return file ? [{ type: file.type, bytes: file.bytes, alt: unescaped(alt) }] : [];
  });
  const html = body
    .replace(/<p><ac:image\b.*?<\/ac:image><\/p>\n?/gs, "")
    .replace(/<ac:parameter\b.*?<\/ac:parameter>/gs, "")
    .replace(
      /<ac:plain-text-body><!\[CDATA\[(.*?)\]\]><\/ac:plain-text-body>/gs,
      (_, code) => `<pre>${escapeHtml(code)}</pre>`,
    )
    .replace(/<\/?ac:structured-macro\b[^>]*>/g, "");
  return {
    network: ID,
    account: `${SPACE} on ${site}`,
    id,
    url: `${base}${webui}`,
    at,
    title,
    text: html.replace(/<[^>]*>/g, "").trim(),
    html: sanitise(html),
    media,
    length: utf8(body),
    max: 0,
  };
}

function unescaped(words: string): string {
  return words
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

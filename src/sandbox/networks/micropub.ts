/**
 * A site with Micropub: https://www.w3.org/TR/micropub/, with the extensions that most servers have (a list by `q=source`,
 * `mp-slug`, `post-status`: https://indieweb.org/Micropub-extensions). Read 2026-11-27.
 */
import { api, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { escapeHtml } from "../html.ts";
import { memberOf, sha256 } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sanitise } from "../sanitise.ts";
import { sniff } from "../sniff.ts";

const ID = "micropub";

interface Entry {
  url: string;
  user: string;
  properties: Record<string, unknown[]>;
  at: number;
}

interface State {
  entries: Map<string, Entry>;
  deleted: Set<string>;
  files: Map<string, { type: string; bytes: Buffer }>;
}

type Call = SomeCall<State, string>;

export const micropub: SandboxNetwork = {
  id: ID,
  name: "Micropub",
  look: { light: "#8a4b00", dark: "#ffb866", mark: "mp", layout: "article", alt: true },
  ways: [
    {
      name: "token",
      title: "Acme 2.4",
      answers: "headers",
      media: { before: true, counts: [1, 2] },
      threads: true,
      edits: "untold",
    },
  ],
  channel: (name, base) => ({ endpoint: `${base}/micropub`, token: `sandbox-${name}` }),
  publishes: (method, path) => method === "POST" && path === "/micropub",
  publishing: (body) => !/"action"\s*:/.test(body.toString("utf8")),
  handle: api<State, string>({
    id: ID,
    state: () => ({ entries: new Map(), deleted: new Set(), files: new Map() }),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refuse(401, "unauthorized", "No access token was provided");
      return member.name;
    },
    expired: () => said(401, "unauthorized", "The access token has expired"),
    windows: { posts: [{ posts: 100, ms: 3_600_000 }] },
    limited: () => said(429, "too_many_requests", "Slow down"),
    malformed: () => said(400, "invalid_request", "The body cannot be read"),
    unknown: ({ path }) =>
      path === "/micropub" || path === "/media" ? said(405, "invalid_request", "No such method") : undefined,
    open: {
      "GET /files/:name": ({ state, params }) => {
        const file = state.files.get(params.name ?? "");
        return file && { status: 200, headers: { "content-type": file.type }, body: file.bytes };
      },
    },
    routes: { "GET /micropub": query, "POST /micropub": post, "POST /media": upload },
  }),
};

function query(call: Call): SandboxReply {
  const { query: asked, state, world } = call;
  const q = asked.get("q");
  if (q === "config") return ok({ "media-endpoint": `${world.base(ID)}/media`, "syndicate-to": [] });
  if (q === "syndicate-to") return ok({ "syndicate-to": [] });
  if (q !== "source") throw refuse(400, "invalid_request", "unknown query");
  const url = asked.get("url");
  if (url !== null) return ok({ type: ["h-entry"], properties: at(call, url).properties });
  const own = [...state.entries.values()].filter(({ user }) => user === call.who()).reverse();
  const items = own.slice(0, Number(asked.get("limit") ?? 20));
  return ok({ items: items.map(({ properties }) => ({ type: ["h-entry"], properties })) });
}

function post(call: Call): SandboxReply {
  const body = call.body();
  if (body.type !== "json") throw refuse(400, "invalid_request", "the sandbox takes JSON");
  const { action, type, properties, url } = body.fields;
  if (action === "update") return update(call, at(call, text(url)));
  if (action === "delete") {
    const entry = at(call, text(url));
    call.state.entries.delete(entry.url);
    call.state.deleted.add(entry.url);
    call.world.remove(ID, entry.url);
    return { status: 204 };
  }
  if (action !== undefined) throw refuse(400, "invalid_request", "unknown action");
  if (!Array.isArray(type) || type[0] !== "h-entry")
    throw refuse(400, "invalid_request", "type must be h-entry");
  return create(call, lists(properties));
}

function create(call: Call, properties: Record<string, unknown[]>): SandboxReply {
  const { state, world } = call;
  const user = call.who();
  if (!properties.content && !properties.photo) throw refuse(400, "invalid_request", "content is missing");
  call.take("posts", user);
  const { "mp-slug": [slug = ""] = [], "mp-destination": _d, "mp-syndicate-to": _s, ...kept } = properties;
  const published = Date.parse(String(kept.published?.[0] ?? "")) || world.now();
  const wanted =
    String(slug)
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, "-") || String(state.entries.size + 1);
  const path = `${user}/${new Date(published).toISOString().slice(0, 10).replaceAll("-", "/")}`;
  let url = `${world.base(ID)}/${path}/${wanted}`;
  for (let n = 2; state.entries.has(url); n++) url = `${world.base(ID)}/${path}/${wanted}-${n}`;
  const dated = { published: [new Date(published).toISOString().replace(".000Z", "+00:00")] };
  const entry: Entry = { url, user, properties: { ...kept, ...dated, url: [url] }, at: world.now() };
  state.entries.set(url, entry);
  world.accept(postOf(entry, state, world));
  return { status: 201, headers: { location: url } };
}

function update(call: Call, entry: Entry): SandboxReply {
  const { replace = {}, add = {}, delete: gone = [] } = call.body().fields;
  Object.assign(entry.properties, lists(replace));
  for (const [name, values] of Object.entries(lists(add)))
    entry.properties[name] = [...(entry.properties[name] ?? []), ...values];
  if (!Array.isArray(gone)) throw refuse(400, "invalid_request", "delete must be a list");
  for (const name of gone) delete entry.properties[String(name)];
  call.world.update(postOf(entry, call.state, call.world));
  return { status: 204 };
}

/** Every value must be in a list. */
function lists(properties: unknown): Record<string, unknown[]> {
  const entries = Object.entries((properties ?? {}) as Record<string, unknown>);
  if (entries.some(([, value]) => !Array.isArray(value) || value.length === 0))
    throw refuse(400, "invalid_request", "every property is a list of values");
  return Object.fromEntries(entries) as Record<string, unknown[]>;
}

function upload(call: Call): SandboxReply {
  const file = call.files().find(({ name }) => name === "file");
  const type = file && sniff(file.bytes);
  if (!file || !type) throw refuse(400, "invalid_request", "no file, or none that is known");
  const name = `${sha256(file.bytes).toString("hex").slice(0, 24)}.${type.split("/")[1]}`;
  call.state.files.set(name, { type, bytes: file.bytes });
  return { status: 201, headers: { location: `${call.world.base(ID)}/files/${name}` } };
}

function postOf({ url, user, properties, at: time }: Entry, { files }: State, world: World): SandboxPost {
  const [content] = properties.content ?? [];
  const html =
    typeof content === "string"
      ? `<p>${escapeHtml(content)}</p>`
      : String((content as { html?: string })?.html ?? "");
  const media = (properties.photo ?? []).flatMap((photo) => {
    const { value, alt = "" } =
      typeof photo === "string" ? { value: photo } : (photo as { value: string; alt?: string });
    const file = files.get(value.split("/").at(-1) ?? "");
    return file ? [{ type: file.type, alt, bytes: file.bytes }] : [];
  });
  const [title] = properties.name ?? [];
  const [parent] = properties["in-reply-to"] ?? [];
  const words = html.replace(/<[^>]*>/g, " ").trim();
  return {
    network: ID,
    account: `${user} at ${new URL(world.base(ID)).host}`,
    id: url,
    url,
    at: time,
    ...(title !== undefined && { title: String(title) }),
    text: html,
    html: sanitise(html),
    media,
    length: words.length,
    max: 0,
    notes: [
      ...(properties["post-status"]?.[0] === "draft" ? ["draft"] : []),
      ...(properties.category ?? []).map((tag) => `#${String(tag)}`),
    ],
    ...(parent !== undefined && { parent: String(parent) }),
  };
}

function at({ state, who }: Call, url: string | undefined): Entry {
  const entry = state.entries.get(url ?? "");
  if (entry?.user === who()) return entry;
  if (state.deleted.has(url ?? "")) throw refuse(410, "invalid_request", "the post was deleted");
  throw refuse(404, "invalid_request", "there is no such post");
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, error: string, error_description: string): SandboxReply {
  return { status, body: { error, error_description } };
}

function refuse(status: number, error: string, words: string): Error {
  return refusal(said(status, error, words));
}

/** Pinterest's API v5: https://github.com/pinterest/api-description, v5/openapi.json 5.23.0. Read 2026-11-27. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { codePoints } from "../count.ts";
import { marked } from "../html.ts";
import { memberOf, numberOf } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "pinterest";
const LIMITS = { title: 100, description: 800, alt_text: 500, link: 2_048 } as const;
const NEW = new Set(
  "alt_text board_id board_section_id description dominant_color link media_source parent_pin_id sponsor_id title".split(
    " ",
  ),
);
const CHANGED = new Set(
  "alt_text board_id board_section_id carousel_slots description link title".split(" "),
);
const TYPES = ["image/jpeg", "image/png"];

interface Pin {
  id: string;
  user: string;
  board: string;
  section?: string;
  title: string;
  description: string;
  alt: string;
  link?: string;
  media: { type: string; bytes: Buffer }[];
  at: number;
}

/** `upload_parameters` of a place for a video; all of them have to come back with it. */
interface Upload {
  user: string;
  parameters: Record<string, string>;
  bytes?: Buffer;
  failed?: true;
  readyAt: number;
}

interface State {
  pins: Map<string, Pin>;
  uploads: Map<string, Upload>;
  sequence: number;
}

type Call = SomeCall<State, string>;

export const pinterest: SandboxNetwork = {
  id: ID,
  name: "Pinterest",
  look: { light: "#c8102e", dark: "#ff8f9c", mark: "P", layout: "post", alt: true },
  ways: [
    { name: "token", title: "Acme 2.4", media: { needed: true, counts: [1, 2] }, edits: "untold" },
    {
      name: "video",
      besides: true,
      title: "Acme 2.4",
      media: { needed: true, type: "video/mp4", before: true, processing: true },
      edits: "untold",
    },
  ],
  channel: (name, base) => ({ token: `sandbox-${name}`, board: boardOf(name), server: base, web: base }),
  publishes: isOneOf("POST /v5/pins"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ pins: new Map(), uploads: new Map(), sequence: 0 }),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refuse(401, 2, "Authentication failed.");
      return member.name;
    },
    expired: () => said(401, 2, "Authentication failed."),
    windows: { calls: [{ posts: 1_000, ms: 86_400_000 }] },
    always: { window: "calls", account: () => "app" },
    limited: () => said(429, 8, "You have exceeded your rate limit. Try again later."),
    malformed: () => said(400, 1, "Invalid request body."),
    unknown: ({ path }) => (path.startsWith("/v5/") ? said(404, 0, "Not found.") : undefined),
    // S3's: the parameters are the credential.
    open: { "POST /upload": receive },
    routes: {
      "POST /v5/media": register,
      "GET /v5/media/:id": (call) => {
        const id = call.params.id!;
        return ok({ media_id: id, media_type: "video", status: stateOf(uploadIn(call, id), call.world) });
      },
      "GET /v5/user_account": ({ who }) =>
        ok({ id: numberOf(who()), username: who(), account_type: "BUSINESS" }),
      "GET /v5/boards": ({ who }) => ok({ items: [boardEntity(who())], bookmark: null }),
      "GET /v5/boards/:id": ({ params, who }) => {
        if (params.id !== boardOf(who())) throw refuse(404, 40, "Board not found.");
        return ok(boardEntity(who()));
      },
      "POST /v5/pins": create,
      "GET /v5/pins": list,
      "GET /v5/pins/:id": (call) => ok(entityOf(own(call), call.query.get("pin_metrics") === "true")),
      "PATCH /v5/pins/:id": change,
      "DELETE /v5/pins/:id": (call) => {
        const pin = own(call);
        call.state.pins.delete(pin.id);
        call.world.remove(ID, pin.id);
        return { status: 204 };
      },
    },
  }),
};

function boardOf(name: string): string {
  return numberOf(`board of ${name}`);
}

function boardEntity(name: string) {
  return { id: boardOf(name), name: "News", privacy: "PUBLIC" };
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const user = call.who();
  const fields = call.body().fields;
  known(fields, NEW);
  const board = text(fields.board_id);
  if (board === undefined || !/^\d+$/.test(board)) throw refuse(400, 1, "'board_id' is a required property");
  if (board !== boardOf(user)) throw refuse(404, 40, "Board not found.");
  const pin: Pin = {
    id: numberOf(`pin ${++state.sequence} ${user}`),
    user,
    board,
    ...wordsOf(fields),
    media: filesOf(fields.media_source, call),
    at: world.now(),
  };
  state.pins.set(pin.id, pin);
  world.accept(postOf(pin, world));
  return { status: 201, body: entityOf(pin) };
}

function change(call: Call): SandboxReply {
  const pin = own(call);
  const fields = call.body().fields;
  known(fields, CHANGED);
  const { title, description, alt, link, section } = wordsOf(fields);
  if ("title" in fields) pin.title = title;
  if ("description" in fields) pin.description = description;
  if ("alt_text" in fields) pin.alt = alt;
  if ("link" in fields) pin.link = link;
  if ("board_section_id" in fields) pin.section = section;
  call.world.update(postOf(pin, call.world));
  return ok(entityOf(pin));
}

function known(fields: Record<string, unknown>, names: ReadonlySet<string>): void {
  const strange = Object.keys(fields).find((name) => !names.has(name));
  if (strange) throw refuse(400, 1, `Additional properties are not allowed ('${strange}' was unexpected)`);
}

function wordsOf(fields: Record<string, unknown>) {
  for (const [name, most] of Object.entries(LIMITS)) {
    const value = fields[name] ?? "";
    if (typeof value !== "string") throw refuse(400, 1, `'${name}' is not of type 'string'`);
    if (codePoints(value) > most) throw refuse(400, 1, `'${name}' is too long`);
  }
  const link = text(fields.link);
  if (link !== undefined && !/^https?:\/\//.test(link)) throw refuse(400, 1, "'link' is not a URL");
  const section = text(fields.board_section_id);
  return {
    title: text(fields.title) ?? "",
    description: text(fields.description) ?? "",
    alt: text(fields.alt_text) ?? "",
    link,
    section,
  };
}

function register(call: Call): SandboxReply {
  const { state, world } = call;
  const user = call.who();
  const { fields } = call.body();
  if (fields.media_type !== "video")
    throw refuse(400, 1, `'${String(fields.media_type)}' is not one of ['video']`);
  const id = numberOf(`media ${++state.sequence} ${user}`);
  const parameters = { key: `uploads/${id}`, policy: "sandbox", "Content-Type": "multipart/form-data" };
  state.uploads.set(id, { user, parameters, readyAt: Number.POSITIVE_INFINITY });
  const upload_url = `${world.base(ID)}/upload`;
  return {
    status: 201,
    body: { media_id: id, media_type: "video", upload_url, upload_parameters: parameters },
  };
}

function receive(call: Call): SandboxReply {
  const fields = call.fields();
  const found = [...call.state.uploads.values()].find(({ parameters }) => parameters.key === fields.key);
  const lacks = !found || Object.entries(found.parameters).some(([name, value]) => fields[name] !== value);
  const file = call.files().find(({ name }) => name === "file");
  const headers = { "content-type": "application/xml" };
  if (lacks || !file) return { status: 403, headers, body: "<Error><Code>AccessDenied</Code></Error>" };
  const { trouble } = call.request;
  Object.assign(found, {
    bytes: Buffer.from(file.bytes),
    ...(!sniff(file.bytes)?.startsWith("video/") && { failed: true }),
    readyAt: trouble?.kind === "processing" ? call.world.now() + trouble.ms : 0,
  });
  return { status: 204 };
}

function uploadIn({ state, who }: Call, id: string): Upload {
  const found = state.uploads.get(id);
  if (found?.user !== who()) throw refuse(404, 50, "Media not found.");
  return found;
}

function stateOf({ bytes, failed, readyAt }: Upload, world: World): string {
  if (!bytes) return "registered";
  if (failed) return "failed";
  return readyAt > world.now() ? "processing" : "succeeded";
}

const VIDEO = new Set(
  "source_type media_id cover_image_content_type cover_image_data cover_image_key_frame_time cover_image_url is_standard".split(
    " ",
  ),
);

function videoOf(source: Record<string, unknown>, call: Call): Pin["media"] {
  known(source, VIDEO);
  const upload = uploadIn(call, text(source.media_id) ?? "");
  const second = source.cover_image_key_frame_time ?? 0;
  if (!Number.isInteger(second) || Number(second) < 0)
    throw refuse(400, 1, "'cover_image_key_frame_time' is not an integer of 0 or more");
  if (stateOf(upload, call.world) !== "succeeded") throw refuse(400, 235, "Media upload is not ready.");
  return [{ type: "video/mp4", bytes: upload.bytes! }];
}

function filesOf(source: unknown, call: Call): Pin["media"] {
  const { source_type, items, ...one } = (source ?? {}) as Record<string, unknown>;
  if (source_type === "video_id") return videoOf(source as Record<string, unknown>, call);
  const several = source_type === "multiple_image_base64";
  if (!several && source_type !== "image_base64") throw refuse(400, 1, "'media_source' is invalid");
  const files = (several ? items : [one]) as { content_type?: string; data?: string }[];
  if (!Array.isArray(files) || (several && (files.length < 2 || files.length > 5)))
    throw refuse(400, 1, "'items' has 2 to 5 images");
  return files.map(({ content_type = "", data = "" }) => {
    const bytes = Buffer.from(data, "base64");
    if (!TYPES.includes(content_type) || !/^[a-zA-Z0-9+/=]+$/.test(data))
      throw refuse(400, 1, "an image is invalid");
    if (sniff(bytes) !== content_type) throw refuse(400, 236, "Invalid image data.");
    return { type: content_type, bytes };
  });
}

/** Pages end with a bookmark of none. */
function list({ state, query, who }: Call): SandboxReply {
  const size = Number(query.get("page_size") ?? 25);
  if (!(size >= 1 && size <= 250)) throw refuse(400, 1, "'page_size' is 1 to 250");
  const from = Number(query.get("bookmark") ?? 0);
  const own = [...state.pins.values()].filter(({ user }) => user === who()).reverse();
  const next = from + size < own.length ? String(from + size) : null;
  return ok({ items: own.slice(from, from + size).map((pin) => entityOf(pin)), bookmark: next });
}

function kindOf({ media }: Pin): string {
  if (media.length > 1) return "multiple_images";
  return media[0]?.type.startsWith("video/") ? "video" : "image";
}

function entityOf(pin: Pin, withMetrics = false) {
  const counts = { pin_click: 0, impression: 0, clickthrough: 0, reaction: 0, comment: 0, save: 0 };
  return {
    id: pin.id,
    // The spec's examples have no zone.
    created_at: new Date(pin.at).toISOString().slice(0, 19),
    board_id: pin.board,
    board_section_id: pin.section ?? null,
    title: pin.title || null,
    description: pin.description || null,
    alt_text: pin.alt || null,
    link: pin.link ?? null,
    is_owner: true,
    media: { media_type: kindOf(pin) },
    ...(withMetrics && { pin_metrics: { "90d": counts, lifetime_metrics: counts } }),
  };
}

function postOf(pin: Pin, world: World): SandboxPost {
  return {
    network: ID,
    account: `${pin.user} on News`,
    id: pin.id,
    url: `${world.base(ID)}/pin/${pin.id}/`,
    at: pin.at,
    ...(pin.title && { title: pin.title }),
    text: pin.description,
    html: marked(pin.description),
    // One text describes them all.
    media: pin.media.map(({ type, bytes }) => ({ type, alt: pin.alt, bytes })),
    ...(pin.link && { card: { url: pin.link } }),
    length: codePoints(pin.description),
    max: LIMITS.description,
    notes: pin.section ? [`section ${pin.section}`] : [],
  };
}

function own({ state, params, who }: Call): Pin {
  const pin = state.pins.get(params.id ?? "");
  if (pin?.user !== who()) throw refuse(404, 50, "Pin not found.");
  return pin;
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, code: number, message: string): SandboxReply {
  return { status, body: { code, message } };
}

function refuse(status: number, code: number, message: string): Error {
  return refusal(said(status, code, message));
}

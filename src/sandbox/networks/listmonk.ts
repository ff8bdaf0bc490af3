/**
 * listmonk's API: https://listmonk.app/docs/apis/ (campaigns, lists, media), and its source for the words of refusals and the states
 * that follow each other. Read 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { text } from "../body.ts";
import { codePoints, utf8 } from "../count.ts";
import { channelOf, sha256 } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sanitise } from "../sanitise.ts";
import { sniff } from "../sniff.ts";

const ID = "listmonk";
const API = "/:site/api";
const LIST = 3;

interface Campaign {
  id: number;
  site: string;
  name: string;
  subject: string;
  body: string;
  altbody: string | null;
  tags: string[];
  status: string;
  send_at: string | null;
  archive: boolean;
}

interface State {
  campaigns: Campaign[];
  /** By address. */
  files: Map<string, { type: string; bytes: Buffer }>;
}

type Call = SomeCall<State, string>;

export const listmonk: SandboxNetwork = {
  id: ID,
  name: "listmonk",
  look: { light: "#7a3b8f", dark: "#d3a3e3", mark: "LM", layout: "article", alt: true },
  ways: [{ name: "token", title: "Acme 2.4", media: { counts: [1, 2], before: true } }],
  channel: (name, base) => ({
    server: `${base}/${name}`,
    username: "api",
    token: `sandbox-${name}`,
    lists: String(LIST),
  }),
  publishes: isOneOf(`PUT ${API}/campaigns/:id/status`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ campaigns: [], files: new Map() }),
    first: ({ state, world }) => startDue(state, world),
    auth({ request, params }) {
      const [, user, token] = /^token ([^:]+):(.+)$/.exec(String(request.headers.authorization ?? "")) ?? [];
      if (user !== "api" || channelOf(token) !== params.site) throw refuse(403, "invalid API credentials");
      return params.site ?? "";
    },
    expired: () => said(403, "invalid API credentials"),
    // It has none of its own; who runs it may put one before it.
    windows: { requests: [{ posts: 600, ms: 60_000 }] },
    always: { window: "requests", account: (site) => site },
    limited: () => said(429, "rate limit exceeded"),
    malformed: () => said(400, "code=400, message=Syntax error"),
    unknown: ({ path }) => (path.includes("/api/") ? said(404, "Not Found") : undefined),
    routes: {
      [`GET ${API}/lists`]: ({ who }) =>
        ok({ results: [{ id: LIST, name: `${who()}'s readers` }], total: 1 }),
      [`POST ${API}/media`]: upload,
      [`GET ${API}/campaigns`]: (call) => {
        const tag = call.query.get("tag");
        const found = own(call).filter(({ tags }) => tag === null || tags.includes(tag));
        return ok({ results: found.toReversed().map((one) => entityOf(one)), total: found.length });
      },
      [`POST ${API}/campaigns`]: create,
      [`GET ${API}/campaigns/:id`]: (call) => ok(entityOf(campaignOf(call))),
      [`DELETE ${API}/campaigns/:id`]: (call) => {
        const campaign = campaignOf(call);
        call.state.campaigns.splice(call.state.campaigns.indexOf(campaign), 1);
        call.world.remove(ID, String(campaign.id));
        return ok(true);
      },
      [`PUT ${API}/campaigns/:id/archive`]: (call) => {
        campaignOf(call).archive = call.fields().archive === true;
        return ok({ archive: call.fields().archive });
      },
      [`PUT ${API}/campaigns/:id/status`]: changeStatus,
    },
  }),
};

/** Scheduled campaigns begin at their time. */
function startDue({ campaigns }: State, world: World): void {
  for (const one of campaigns)
    if (one.status === "scheduled" && Date.parse(one.send_at ?? "") <= world.now()) one.status = "running";
}

function own(call: Call): Campaign[] {
  return call.state.campaigns.filter(({ site }) => site === call.who());
}

function campaignOf(call: Call): Campaign {
  const campaign = own(call).find(({ id }) => id === Number(call.params.id));
  if (!campaign) throw refuse(400, "Campaign not found");
  return campaign;
}

function upload(call: Call): SandboxReply {
  const site = call.who();
  const file = call.files().find(({ name }) => name === "file");
  const type = file && sniff(file.bytes);
  if (!file || !type?.startsWith("image/")) throw refuse(400, "Unsupported file type");
  const name = sha256(file.bytes).toString("hex").slice(0, 8);
  const url = `${call.world.base(ID)}/${site}/uploads/${name}-${file.filename}`;
  call.state.files.set(url, { type, bytes: file.bytes });
  return ok({ id: call.state.files.size, uuid: uuidOf(url), filename: file.filename, url });
}

const TYPES = ["richtext", "html", "markdown", "plain", "visual"];

function create(call: Call): SandboxReply {
  const site = call.who();
  const { name, subject, lists, content_type, body, altbody, tags, send_at } = call.fields();
  const words = (value: unknown) => text(value) ?? "";
  if (words(name) === "") throw refuse(400, "Invalid length for name");
  if (words(subject) === "" || codePoints(words(subject)) > 5_000)
    throw refuse(400, "Invalid length for subject");
  if (!Array.isArray(lists) || lists.length === 0 || !lists.every((one) => one === LIST))
    throw refuse(400, "No lists selected");
  if (!TYPES.includes(words(content_type))) throw refuse(400, "Invalid content type");
  if (send_at !== undefined && !(Date.parse(words(send_at)) > call.world.now()))
    throw refuse(400, "Date should be in the future");
  for (const template of [words(subject), words(body), words(altbody)]) compiled(template);
  const campaign: Campaign = {
    ...{ id: call.state.campaigns.length + 1, site, name: words(name), subject: words(subject) },
    ...{ body: words(body), altbody: text(altbody) ?? null, status: "draft", archive: false },
    tags: Array.isArray(tags) ? tags.map(String) : [],
    send_at: text(send_at) ?? null,
  };
  call.state.campaigns.push(campaign);
  return ok(entityOf(campaign));
}

/** Go's templates, as far as a rehearsal needs them: a string is said, and a command that is not known is an error. */
function compiled(template: string): string {
  return template.replace(/\{\{\s*(.*?)\s*(?:\}\}|$)/gs, (_, command: string) => {
    const string = /^"([^"\\]*)"$/.exec(command)?.[1];
    if (string !== undefined) return string;
    if (/^\.Subscriber\.(?:Name|FirstName|LastName|Email)$/.test(command)) return "Somebody";
    throw refuse(400, `Error compiling campaign body: function "${command}" not defined`);
  });
}

const FROM: Record<string, string[]> = {
  scheduled: ["draft"],
  running: ["paused", "draft"],
  paused: ["running"],
  cancelled: ["running", "paused"],
  draft: ["scheduled"],
};

function changeStatus(call: Call): SandboxReply {
  const campaign = campaignOf(call);
  const status = String(call.fields().status);
  if (!FROM[status]?.includes(campaign.status))
    throw refuse(400, `Only ${FROM[status] ?? "known"} campaigns can`);
  if (status === "scheduled" && campaign.send_at === null)
    throw refuse(400, "Campaign needs a `send_at` date");
  campaign.status = status;
  if (["running", "scheduled"].includes(status)) call.world.accept(shown(campaign, call));
  return ok(entityOf(campaign));
}

const uuidOf = (words: string) =>
  sha256(words)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

function entityOf({ site, archive, ...campaign }: Campaign) {
  return {
    ...campaign,
    uuid: uuidOf(`${site} ${campaign.id}`),
    ...{
      type: "regular",
      content_type: "html",
      views: 0,
      clicks: 0,
      bounces: 0,
      to_send: 0,
      sent: 0,
      archive,
    },
  };
}

function shown(campaign: Campaign, call: Call): SandboxPost {
  const { id, site, subject, body, tags, status, archive } = campaign;
  const html = compiled(body);
  const media = [...html.matchAll(/<p><img src="([^"]*)" alt="([^"]*)"[^>]*><\/p>\n?/g)];
  const words = html.replace(/<p><img src="[^"]*"[^>]*><\/p>\n?/g, "");
  const base = `${call.world.base(ID)}/${site}`;
  return {
    ...{ network: ID, account: `${site}'s readers`, id: String(id), at: call.world.now() },
    url: archive ? `${base}/archive/${uuidOf(`${site} ${id}`)}` : `${base}/admin/campaigns/${id}`,
    title: compiled(subject),
    text: words,
    html: sanitise(words),
    media: media.flatMap(([, src = "", alt = ""]) => {
      const file = call.state.files.get(src);
      return file ? [{ ...file, alt }] : [];
    }),
    length: utf8(words),
    max: 0,
    notes: [...(status === "running" ? [] : [status]), ...tags.map((tag) => `tag ${tag}`)],
  };
}

function ok(data: unknown): SandboxReply {
  return { status: 200, body: { data } };
}

function said(status: number, message: string): SandboxReply {
  return { status, body: { message } };
}

function refuse(status: number, message: string): Error {
  return refusal(said(status, message));
}

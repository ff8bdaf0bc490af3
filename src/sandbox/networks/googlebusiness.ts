/**
 * Local posts of a Business Profile, API v4: https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts.
 * Read 2026-11-27. Unknown members are refused, as Google does with JSON.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { escapeHtml } from "../html.ts";
import { channelOf, numberOf } from "../ids.ts";
import { fetched } from "../media-host.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "googlebusiness";
const MAX = 1_500;
const POSTS = "/v4/accounts/:account/locations/:location/localPosts";
const MINUTE = 60_000;

interface Stored {
  name: string;
  owner: string;
  given: Record<string, unknown>;
  media: SandboxPost["media"];
  at: number;
  updated: number;
}

interface State {
  posts: Map<string, Stored>;
  sequence: number;
}

type Call = SomeCall<State, string>;

const accountOf = (owner: string) => numberOf(`gb account ${owner}`);
const locationOf = (owner: string) => numberOf(`gb location ${owner}`);
const media = { type: "image/jpeg", before: true } as const;

export const googlebusiness: SandboxNetwork = {
  id: ID,
  name: "Google Business",
  look: { light: "#1a5fb4", dark: "#8fc0ff", mark: "Gb", layout: "post", alt: false },
  ways: [{ name: "login", media, edits: "untold" }],
  channel: (name, base) => ({
    token: `sandbox-${name}`,
    account: accountOf(name),
    location: locationOf(name),
    server: base,
    information: base,
    login: base,
  }),
  publishes: isOneOf(`POST ${POSTS}`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: new Map(), sequence: 0 }),
    auth({ request }) {
      const owner = channelOf(bearer(request));
      if (owner === undefined)
        throw refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
      return owner;
    },
    expired: () => said(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    windows: { edits: [{ posts: 10, ms: MINUTE }], requests: [{ posts: 300, ms: MINUTE }] },
    always: { window: "requests", account: (owner) => owner },
    limited: () => said(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric."),
    retryAfter: false,
    malformed: () => said(400, "INVALID_ARGUMENT", "Invalid JSON payload received."),
    unknown: ({ path }) =>
      /^\/v[14]\//.test(path) ? said(404, "NOT_FOUND", "Method not found.") : undefined,
    routes: {
      "GET /v1/locations/:location": (call) => {
        const owner = call.who();
        const readMask = call.query.get("readMask");
        if (!readMask) throw refuse(400, "INVALID_ARGUMENT", "readMask is required.");
        if (call.params.location !== locationOf(owner))
          throw refuse(404, "NOT_FOUND", "Requested entity was not found.");
        const mapsUri = `${call.world.base(ID)}/maps/${locationOf(owner)}`;
        return ok({ name: `locations/${locationOf(owner)}`, title: owner, metadata: { mapsUri } });
      },
      [`POST ${POSTS}`]: create,
      [`GET ${POSTS}`]: (call) => {
        placeOf(call);
        const size = Number(call.query.get("pageSize") ?? 20);
        if (size > 100) throw refuse(400, "INVALID_ARGUMENT", "pageSize is at most 100.");
        const start = Number(call.query.get("pageToken") ?? 0);
        const own = [...call.state.posts.values()].filter(({ owner }) => owner === call.who()).reverse();
        const next = start + size < own.length ? { nextPageToken: String(start + size) } : {};
        return ok({
          localPosts: own.slice(start, start + size).map((one) => entityOf(one, call.world)),
          ...next,
        });
      },
      [`GET ${POSTS}/:post`]: (call) => ok(entityOf(postIn(call), call.world)),
      [`PATCH ${POSTS}/:post`]: patch,
      [`DELETE ${POSTS}/:post`]: (call) => {
        const { name, owner } = postIn(call);
        call.take("edits", owner);
        call.state.posts.delete(name);
        call.world.remove(ID, name);
        return ok({});
      },
      [`POST ${POSTS}:reportInsights`]: (call) => {
        const { localPostNames } = call.body().fields as { localPostNames?: string[] };
        const known = (localPostNames ?? []).filter(
          (name) => call.state.posts.get(name)?.owner === call.who(),
        );
        const value = (metric: string) => ({
          metric,
          totalValue: { metricOption: "AGGREGATED_TOTAL", value: "0" },
        });
        const metricValues = [value("LOCAL_POST_VIEWS_SEARCH"), value("LOCAL_POST_ACTIONS_CALL_TO_ACTION")];
        return ok({ localPostMetrics: known.map((localPostName) => ({ localPostName, metricValues })) });
      },
    },
  }),
};

const ok = (body: unknown): SandboxReply => ({ status: 200, body });

function said(code: number, status: string, message: string, reason?: string): SandboxReply {
  const details = reason ? [{ errorDetails: [{ code: reason, message }] }] : undefined;
  return { status: code, body: { error: { code, message, status, ...(details && { details }) } } };
}

function refuse(code: number, status: string, message: string, reason?: string): Error {
  return refusal(said(code, status, message, reason));
}

function invalid(message: string, reason?: string): Error {
  return refuse(400, "INVALID_ARGUMENT", message, reason);
}

function placeOf(call: Call): string {
  const owner = call.who();
  const { account, location } = call.params;
  if (account !== accountOf(owner) || location !== locationOf(owner))
    throw refuse(404, "NOT_FOUND", "Requested entity was not found.");
  return owner;
}

function postIn(call: Call): Stored {
  placeOf(call);
  const post = call.state.posts.get(call.path.replace(/^\/v4\//, ""));
  if (!post) throw refuse(404, "NOT_FOUND", "Requested entity was not found.");
  return post;
}

const MEMBERS = new Set(
  "languageCode summary topicType callToAction media event offer alertType recurrenceInfo".split(" "),
);
const BUTTONS = new Set(["BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL"]);

function checked(given: Record<string, unknown>): void {
  const other = Object.keys(given).find((name) => !MEMBERS.has(name));
  if (other !== undefined) throw invalid(`Invalid JSON payload received. Unknown name "${other}"`);
  const { summary, topicType, callToAction, event, offer } = given as Record<string, Record<string, unknown>>;
  if ((text(summary) ?? "").length > MAX)
    throw invalid("summary: at most 1500 characters", "STRING_TOO_LONG");
  if (!["STANDARD", "EVENT", "OFFER"].includes(String(topicType)))
    throw invalid("topicType", "MISSING_VALUE");
  if (callToAction) {
    const { actionType, url } = callToAction;
    if (!BUTTONS.has(String(actionType))) throw invalid("callToAction.actionType");
    if ((actionType === "CALL") !== (url === undefined)) throw invalid("callToAction.url");
  }
  if (String(topicType) !== "STANDARD" && !event?.schedule) throw invalid("event", "MISSING_VALUE");
  if (String(topicType) !== "OFFER" && offer) throw invalid("offer is for offers only");
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const owner = placeOf(call);
  const { fields: given, type } = call.body();
  if (type !== "json") throw invalid("The body must be JSON.");
  checked(given);
  const files = ((given.media ?? []) as { mediaFormat?: unknown; sourceUrl?: unknown }[]).map((one) => {
    if (one.mediaFormat !== "PHOTO") throw invalid("media.mediaFormat");
    const file = fetched(one.sourceUrl, world);
    if (!file) throw invalid("The photo could not be fetched.", "PHOTO_FETCH_FAILED");
    const kind = sniff(file.bytes) ?? "";
    if (!/^image\/(?:jpeg|png)$/.test(kind)) throw invalid("The photo is not one.", "PHOTO_UPLOAD_FAILED");
    return { type: kind, alt: "", bytes: file.bytes };
  });
  if (files.length > 1) throw invalid("media: one item at most");
  if (!text(given.summary) && files.length === 0) throw invalid("summary", "MISSING_VALUE");
  call.take("edits", owner);
  state.sequence += 1;
  const name = `accounts/${accountOf(owner)}/locations/${locationOf(owner)}/localPosts/${7_000_000_000 + state.sequence}`;
  const post = { name, owner, given, media: files, at: world.now(), updated: world.now() };
  state.posts.set(name, post);
  world.accept(shownOf(post, world));
  return ok(entityOf(post, world));
}

function patch(call: Call): SandboxReply {
  const post = postIn(call);
  const { fields } = call.body();
  const mask = call.query.get("updateMask")?.split(",");
  if (!mask) throw invalid("updateMask is required.");
  const changed = { ...post.given };
  for (const name of mask) {
    if (name in fields) changed[name] = fields[name];
    else delete changed[name];
  }
  checked(changed);
  call.take("edits", post.owner);
  Object.assign(post, { given: changed, updated: call.world.now() });
  call.world.update(shownOf(post, call.world));
  return ok(entityOf(post, call.world));
}

const pageOf = ({ name }: Stored, world: World) => `${world.base(ID)}/local/posts/${name.split("/").at(-1)}`;

function entityOf(post: Stored, world: World) {
  const { name, given, at, updated } = post;
  const [createTime, updateTime] = [at, updated].map((time) => new Date(time).toISOString());
  return { ...given, name, state: "LIVE", searchUrl: pageOf(post, world), createTime, updateTime };
}

function shownOf(post: Stored, world: World): SandboxPost {
  const { name, owner, given, media: files, at } = post;
  const words = text(given.summary) ?? "";
  const { actionType, url } = (given.callToAction ?? {}) as { actionType?: string; url?: string };
  const { title } = (given.event ?? {}) as { title?: string };
  return {
    network: ID,
    account: owner,
    id: name,
    url: pageOf(post, world),
    at,
    ...(title !== undefined && { title }),
    text: words,
    html: escapeHtml(words),
    media: files,
    length: words.length,
    max: MAX,
    ...(url !== undefined && { card: { url } }),
    notes: [
      ...(given.topicType === "STANDARD" ? [] : [String(given.topicType).toLowerCase()]),
      ...(actionType ? [`button: ${actionType}`] : []),
    ],
  };
}

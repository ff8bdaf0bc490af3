/**
 * GitLab's API v4 for releases and uploads: doc/api/releases/_index.md, doc/api/project_markdown_uploads.md,
 * doc/api/rest/troubleshooting.md. Read 2026-11-27.
 */
import { createHash } from "node:crypto";
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { codePoints } from "../count.ts";
import { channelOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "gitlab";
const GROUP = "acme";
const PROJECT = "/api/v4/projects/:project";
const LONGEST = 1_000_000;

interface Release {
  project: string;
  tag: string;
  name: string;
  description: string;
  at: number;
}

interface State {
  releases: Release[];
  uploads: Map<string, { type: string; bytes: Uint8Array }>;
}

type Call = SomeCall<State, string>;

export const gitlab: SandboxNetwork = {
  id: ID,
  name: "GitLab",
  look: { light: "#d9480f", dark: "#ff9a5c", mark: "GL", layout: "article", alt: true },
  ways: [
    {
      name: "token",
      options: { tag: "v2.4.0" },
      named: true,
      edits: "untold",
      media: { counts: [1, 2], before: true },
    },
  ],
  channel: (name, base) => ({ server: base, token: `sandbox-${name}`, project: `${GROUP}/${name}` }),
  publishes: isOneOf(`POST ${PROJECT}/releases`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ releases: [], uploads: new Map() }),
    auth({ request }) {
      const key = request.headers["private-token"];
      const project = channelOf(typeof key === "string" ? key : bearer(request));
      if (project === undefined) throw refuse(401, "401 Unauthorized");
      return project;
    },
    expired: () => ({
      status: 401,
      body: {
        error: "invalid_token",
        error_description: "Token is expired. You can either do re-authorization or token refresh.",
      },
    }),
    windows: { requests: [{ posts: 2_000, ms: 60_000 }] },
    always: { window: "requests", account: (project) => project },
    limited: ({ limit, resetAt }) => ({
      status: 429,
      headers: {
        "content-type": "text/plain",
        "ratelimit-name": "throttle_authenticated_api",
        "ratelimit-limit": String(limit),
        "ratelimit-observed": String(limit),
        "ratelimit-remaining": "0",
        "ratelimit-reset": String(Math.ceil(resetAt / 1000)),
      },
      body: "Retry later\n",
    }),
    malformed: () => ({ status: 400, body: { error: "The request could not be parsed" } }),
    unknown: ({ path }) =>
      path.startsWith("/api/") ? { status: 404, body: { error: "404 Not Found" } } : undefined,
    routes: {
      [`GET ${PROJECT}`]: (call) => {
        const project = projectOf(call);
        const web_url = pageOf(project, call.world);
        return ok({ id: 1, path_with_namespace: `${GROUP}/${project}`, web_url });
      },
      [`POST ${PROJECT}/uploads`]: upload,
      [`POST ${PROJECT}/releases`]: create,
      [`GET ${PROJECT}/releases/:tag`]: (call) => ok(entityOf(releaseOf(call), call.world)),
      [`PUT ${PROJECT}/releases/:tag`]: (call) => {
        const release = releaseOf(call);
        Object.assign(release, fieldsOf(call));
        call.world.update(shown(release, call));
        return ok(entityOf(release, call.world));
      },
      [`DELETE ${PROJECT}/releases/:tag`]: (call) => {
        const release = releaseOf(call);
        call.state.releases.splice(call.state.releases.indexOf(release), 1);
        call.world.remove(ID, idOf(release));
        return ok(entityOf(release, call.world));
      },
    },
  }),
};

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const project = projectOf(call);
  const tag = text(call.fields().tag_name) ?? "";
  if (tag === "") throw refusal({ status: 400, body: { error: "tag_name is missing" } });
  if (state.releases.some((one) => one.project === project && one.tag === tag))
    throw refuse(409, "Release already exists");
  const release: Release = { project, tag, name: tag, description: "", at: world.now(), ...fieldsOf(call) };
  state.releases.push(release);
  world.accept(shown(release, call));
  return ok(entityOf(release, world), 201);
}

function fieldsOf(call: Call): Partial<Release> {
  const { name, description } = call.fields();
  if (codePoints(text(name) ?? "") > 255) throw refuse(400, "Name is too long (maximum is 255 characters)");
  if (codePoints(text(description) ?? "") > LONGEST)
    throw refuse(400, `Description is too long (maximum is ${LONGEST} characters)`);
  return {
    ...(name !== undefined && { name: text(name) ?? "" }),
    ...(description !== undefined && { description: text(description) ?? "" }),
  };
}

function upload(call: Call): SandboxReply {
  projectOf(call);
  const file = call.files().find(({ name }) => name === "file");
  if (!file) throw refusal({ status: 400, body: { error: "file is missing" } });
  const secret = createHash("md5").update(`${call.state.uploads.size} ${file.filename}`).digest("hex");
  const url = `/uploads/${secret}/${file.filename}`;
  call.state.uploads.set(url, { type: sniff(file.bytes) ?? "application/octet-stream", bytes: file.bytes });
  const alt = (file.filename ?? "").replace(/\.\w+$/, "");
  return ok(
    { id: call.state.uploads.size, alt, url, full_path: `/-/project/1${url}`, markdown: `![${alt}](${url})` },
    201,
  );
}

/** What a token does not reach is not there. */
function projectOf(call: Call): string {
  const project = call.who();
  if (decodeURIComponent(call.params.project ?? "") !== `${GROUP}/${project}`)
    throw refuse(404, "404 Project Not Found");
  return project;
}

function releaseOf(call: Call): Release {
  const project = projectOf(call);
  const tag = decodeURIComponent(call.params.tag ?? "");
  const found = call.state.releases.find((one) => one.project === project && one.tag === tag);
  if (!found) throw refuse(404, "404 Not Found");
  return found;
}

function pageOf(project: string, world: World): string {
  return `${world.base(ID)}/${GROUP}/${project}`;
}

/** Of the sandbox: a tag is one within its project only. */
function idOf({ project, tag }: Release): string {
  return `${project} ${tag}`;
}

function entityOf({ project, tag, name, description, at }: Release, world: World) {
  const time = new Date(at).toISOString();
  const self = `${pageOf(project, world)}/-/releases/${encodeURIComponent(tag)}`;
  return { tag_name: tag, name, description, created_at: time, released_at: time, _links: { self } };
}

const PICTURE = /!\[([^\]\n]*)\]\((\/uploads\/[^)\s]+)\)/g;

function shown(release: Release, { state, world }: Call): SandboxPost {
  const { project, tag, name, description, at } = release;
  const media = [...description.matchAll(PICTURE)].flatMap(([, alt = "", url = ""]) => {
    const file = state.uploads.get(url);
    return file ? [{ ...file, alt }] : [];
  });
  const words = description.replace(PICTURE, "").trim();
  return {
    network: ID,
    account: `${GROUP}/${project}`,
    id: idOf(release),
    url: entityOf(release, world)._links.self,
    at,
    title: name,
    text: words,
    html: markdownHtml(words),
    media,
    length: codePoints(description),
    max: LONGEST,
    notes: [`tag ${tag}`],
  };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function refuse(status: number, message: string): Error {
  return refusal({ status, body: { message } });
}

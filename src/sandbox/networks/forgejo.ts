/**
 * Forgejo's API v1 for releases: https://codeberg.org/api/swagger, and routers/api/v1/repo/release.go for what it refuses. Gitea's is
 * the same. Read 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { codePoints } from "../count.ts";
import { channelOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";

const ID = "forgejo";
const OWNER = "acme";
const REPO = "/api/v1/repos/:owner/:repo";

interface Release {
  id: number;
  repo: string;
  tag: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  at: number;
}

interface State {
  releases: Release[];
  last: number;
}

type Call = SomeCall<State, string>;

export const forgejo: SandboxNetwork = {
  id: ID,
  name: "Forgejo",
  look: { light: "#c2410c", dark: "#fb923c", mark: "F", layout: "article", alt: false },
  ways: [{ name: "token", options: { tag: "v2.4.0" }, named: true, edits: "untold" }],
  channel: (name, base) => ({ server: base, token: `sandbox-${name}`, repository: `${OWNER}/${name}` }),
  publishes: isOneOf(`POST ${REPO}/releases`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ releases: [], last: 0 }),
    auth({ request }) {
      const repo = channelOf(bearer(request, "token") ?? bearer(request));
      if (repo === undefined) throw refuse(401, "user does not exist [uid: 0, name: ]");
      return repo;
    },
    expired: () => said(401, "invalid username, password or token"),
    // A server has no limits of its own; a proxy before it may have.
    windows: { requests: [{ posts: 1_000, ms: 60_000 }] },
    limited: () => said(429, "too many requests"),
    malformed: () => said(422, "[]: json: cannot unmarshal"),
    unknown: ({ path }) => (path.startsWith("/api/") ? said(404, "Not found") : undefined),
    routes: {
      [`GET ${REPO}`]: (call) => {
        const repo = repoOf(call);
        return ok({ id: 1, full_name: `${OWNER}/${repo}`, html_url: pageOf(repo, call.world) });
      },
      [`POST ${REPO}/releases`]: create,
      [`GET ${REPO}/releases`]: (call) => {
        const limit = Math.min(50, Number(call.query.get("limit") ?? 30));
        const from = (Number(call.query.get("page") ?? 1) - 1) * limit;
        const all = releasesIn(call).toReversed();
        return ok(all.slice(from, from + limit).map((one) => entityOf(one, call.world)));
      },
      [`GET ${REPO}/releases/tags/*tag`]: (call) => {
        const tag = decodeURIComponent(call.params.tag ?? "");
        const found = releasesIn(call).find((one) => one.tag === tag && !one.draft);
        if (!found) throw refuse(404, "The target couldn't be found.");
        return ok(entityOf(found, call.world));
      },
      [`GET ${REPO}/releases/:id`]: (call) => ok(entityOf(releaseOf(call), call.world)),
      [`PATCH ${REPO}/releases/:id`]: (call) => {
        const release = releaseOf(call);
        Object.assign(release, fieldsOf(call));
        call.world.update(shown(release, call.world));
        return ok(entityOf(release, call.world));
      },
      [`DELETE ${REPO}/releases/:id`]: (call) => {
        const release = releaseOf(call);
        call.state.releases.splice(call.state.releases.indexOf(release), 1);
        call.world.remove(ID, String(release.id));
        return { status: 204 };
      },
    },
  }),
};

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const repo = repoOf(call);
  const tag = text(call.fields().tag_name) ?? "";
  if (tag === "") throw refuse(422, "[TagName]: Required");
  // A tag that somebody has pushed becomes a release; a release stays what it is.
  if (releasesIn(call).some((one) => one.tag === tag)) throw refuse(409, "Release is has no Tag");
  state.last++;
  const release: Release = {
    ...{ id: state.last, repo, tag, name: "", body: "", draft: false, prerelease: false, at: world.now() },
    ...fieldsOf(call),
  };
  state.releases.push(release);
  world.accept(shown(release, world));
  return ok(entityOf(release, world), 201);
}

function fieldsOf(call: Call): Partial<Release> {
  const { name, body, draft, prerelease } = call.fields();
  if (codePoints(text(name) ?? "") > 255) throw refuse(422, "[Title]: MaxSize");
  return {
    ...(name !== undefined && { name: text(name) ?? "" }),
    ...(body !== undefined && { body: text(body) ?? "" }),
    ...(draft !== undefined && { draft: draft === true }),
    ...(prerelease !== undefined && { prerelease: prerelease === true }),
  };
}

function repoOf(call: Call): string {
  const repo = call.who();
  if (call.params.owner !== OWNER || call.params.repo !== repo)
    throw refuse(404, "The target couldn't be found.");
  return repo;
}

function releasesIn(call: Call): Release[] {
  const repo = repoOf(call);
  return call.state.releases.filter((one) => one.repo === repo);
}

function releaseOf(call: Call): Release {
  const found = releasesIn(call).find(({ id }) => id === Number(call.params.id));
  if (!found) throw refuse(404, "The target couldn't be found.");
  return found;
}

function pageOf(repo: string, world: World): string {
  return `${world.base(ID)}/${OWNER}/${repo}`;
}

function entityOf({ id, repo, tag, name, body, draft, prerelease, at }: Release, world: World) {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  const html_url = `${pageOf(repo, world)}/releases/tag/${tag}`;
  return { id, tag_name: tag, name, body, draft, prerelease, html_url, created_at: time, published_at: time };
}

function shown(release: Release, world: World): SandboxPost {
  const { id, repo, tag, name, body, draft, prerelease, at } = release;
  return {
    network: ID,
    account: `${OWNER}/${repo}`,
    id: String(id),
    url: entityOf(release, world).html_url,
    at,
    title: name || tag,
    text: body,
    html: markdownHtml(body),
    media: [],
    length: codePoints(body),
    max: 0,
    notes: [`tag ${tag}`, ...(draft ? ["draft"] : []), ...(prerelease ? ["pre-release"] : [])],
  };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function said(status: number, message: string): SandboxReply {
  return { status, body: { message, url: "https://codeberg.org/api/swagger" } };
}

function refuse(status: number, message: string): Error {
  return refusal(said(status, message));
}

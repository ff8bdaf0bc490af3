/**
 * GitHub's REST API, version 2022-11-28, and its GraphQL API: https://docs.github.com/en/rest/releases/releases, …/rest/issues, the
 * guide to discussions, and @octokit/openapi-types and graphql-schema for the shapes. Read 2026-11-27.
 */
import { api, isOneOf } from "../../api.ts";
import type { SandboxNetwork } from "../../network.ts";
import { graphql, isMutation } from "./graphql.ts";
import {
  createComment,
  createIssue,
  createRelease,
  deleteRelease,
  listComments,
  listIssues,
  listReleases,
  releaseByTag,
  showIssue,
  showRelease,
  showRepository,
  showUser,
  updateIssue,
  updateRelease,
} from "./rest.ts";
import { type Caller, callerOf, ID, OWNER, type State, said } from "./state.ts";

const REPO = "/repos/:owner/:repo";

export const github: SandboxNetwork = {
  id: ID,
  name: "GitHub",
  look: { light: "#1f2328", dark: "#c9d1d9", mark: "GH", layout: "article", alt: false },
  ways: [
    { name: "discussion", title: "Acme 2.4" },
    {
      name: "release",
      settings: { as: "release" },
      options: { tag: "v2.4.0" },
      named: true,
      edits: "untold",
    },
    { name: "issue", settings: { as: "issue" }, title: "Acme 2.4", edits: "untold" },
  ],
  channel: (name, base, _folder, settings) => ({
    server: base,
    token: `sandbox-${name}`,
    repository: `${OWNER}/${name}`,
    ...(settings?.as !== undefined && { as: String(settings.as) }),
  }),
  publishes: isOneOf(`POST ${REPO}/releases`, `POST ${REPO}/issues`, "POST /graphql"),
  // REST has an address for each; of GraphQL only what makes a discussion.
  publishing: (body) => !/"query"\s*:/.test(body.toString("utf8")) || isMutation(body),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ entries: [], last: 0 }),
    auth: callerOf,
    expired: () => said(401, "Bad credentials"),
    // Secondary limits on what makes content.
    windows: {
      content: [
        { posts: 80, ms: 60_000 },
        { posts: 500, ms: 3_600_000 },
      ],
    },
    limited: () =>
      said(
        403,
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.",
      ),
    malformed: () => said(400, "Problems parsing JSON"),
    unknown: ({ path }) => (/^\/(repos|graphql|user)/.test(path) ? said(404, "Not Found") : undefined),
    routes: {
      "POST /graphql": graphql,
      "GET /user": showUser,
      [`GET ${REPO}`]: showRepository,
      [`POST ${REPO}/releases`]: createRelease,
      [`GET ${REPO}/releases`]: listReleases,
      [`GET ${REPO}/releases/tags/*tag`]: releaseByTag,
      [`GET ${REPO}/releases/:id`]: showRelease,
      [`PATCH ${REPO}/releases/:id`]: updateRelease,
      [`DELETE ${REPO}/releases/:id`]: deleteRelease,
      [`POST ${REPO}/issues`]: createIssue,
      [`GET ${REPO}/issues`]: listIssues,
      [`GET ${REPO}/issues/:number`]: showIssue,
      [`PATCH ${REPO}/issues/:number`]: updateIssue,
      [`GET ${REPO}/issues/:number/comments`]: listComments,
      [`POST ${REPO}/issues/:number/comments`]: createComment,
    },
  }),
};

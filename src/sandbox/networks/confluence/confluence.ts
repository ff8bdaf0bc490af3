/**
 * Confluence: https://developer.atlassian.com/cloud/confluence/rest/v2/ (pages, spaces), /rest/v1/ (users, attachments), and the REST API
 * of Data Center, https://docs.atlassian.com/atlassian-confluence/REST/; the storage format. Read 2026-11-27.
 */
import { api, isOneOf, type Routes } from "../../api.ts";
import { bearer } from "../../body.ts";
import { channelOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  type Call,
  create,
  entityOf,
  homeOf,
  ID,
  isCloud,
  pageOf,
  refuse,
  SPACE,
  type State,
  said,
  spaceIdOf,
  update,
} from "./pages.ts";

const CLOUD = "/:site/wiki/api/v2";
const V1 = "/:site/wiki/rest/api";
const CENTER = "/:site/rest/api";

export const confluence: SandboxNetwork = {
  id: ID,
  name: "Confluence",
  look: { light: "#0c5ad6", dark: "#7fb2ff", mark: "Cf", layout: "article", alt: true },
  ways: [
    { name: "cloud", title: "Acme 2.4", named: true, media: { counts: [1, 2], before: true } },
    {
      name: "data center",
      settings: { email: "" },
      title: "Acme 2.4",
      named: true,
      media: { before: true },
    },
  ],
  channel: (name, base, _folder, settings = {}) => ({
    server: `${base}/${name}${settings.email === "" ? "" : "/wiki"}`,
    ...(settings.email !== "" && { email: `${name}@acme.example` }),
    token: `sandbox-${name}`,
    space: SPACE,
  }),
  publishes: isOneOf(`POST ${CLOUD}/pages`, `POST ${CENTER}/content`),
  handle: api<State, string>({
    id: ID,
    state: () => ({ pages: [], attachments: [], last: 98_000 }),
    auth: siteOf,
    expired: (call) => said(call, 401, "Client must be authenticated to access this resource."),
    windows: { requests: [{ posts: 1_000, ms: 60_000 }] },
    always: { window: "requests", account: (site) => site },
    limited: ({ limit }, call) => ({
      ...said(call, 429, "Rate limit exceeded."),
      headers: { "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": "0" },
    }),
    malformed: () => ({ status: 400, body: { statusCode: 400, message: "The body could not be read." } }),
    unknown: (call) => (/\/(api\/v2|rest\/api)\//.test(call.path) ? said(call, 404, "Not Found") : undefined),
    routes: {
      ...users(V1),
      ...users(CENTER),
      [`GET ${CLOUD}/spaces`]: (call) => {
        const site = call.who();
        const found = call.query.get("keys") === SPACE;
        const space = { id: spaceIdOf(site), key: SPACE, homepageId: homeOf(call, site).id };
        return ok({ results: found ? [space] : [], _links: {} });
      },
      [`GET ${CENTER}/space/:key`]: (call) => {
        const site = call.who();
        if (call.params.key !== SPACE) throw refuse(call, 404, "No space found with key");
        const home = call.query.get("expand")?.includes("homepage")
          ? { homepage: { id: homeOf(call, site).id } }
          : {};
        return ok({ id: Number(spaceIdOf(site)), key: SPACE, ...home });
      },
      ...pages(`${CLOUD}/pages`),
      ...pages(`${CENTER}/content`),
      ...attachments(V1),
      ...attachments(CENTER),
    },
  }),
};

/** Basic with an address in the Cloud, a bearer token on Data Center. */
function siteOf(call: Call): string {
  const [, basic = ""] = /^Basic (.+)$/i.exec(String(call.request.headers.authorization ?? "")) ?? [];
  const [email = "", token = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
  const site = isCloud(call) ? channelOf(token) : channelOf(bearer(call.request));
  const isKnown = site !== undefined && site === call.params.site && (!isCloud(call) || email.includes("@"));
  if (!isKnown) throw refuse(call, 401, "Client must be authenticated to access this resource.");
  return site;
}

function users(base: string): Routes<State, string> {
  return {
    [`GET ${base}/user/current`]: (call) => {
      const site = call.who();
      const id = isCloud(call) ? { accountId: `5b10:${site}` } : { userKey: `8a8:${site}`, username: site };
      return ok({ type: "known", ...id, displayName: site });
    },
  };
}

function pages(base: string): Routes<State, string> {
  return {
    [`POST ${base}`]: create,
    [`GET ${base}`]: (call) => {
      const site = call.who();
      const { query } = call;
      homeOf(call, site);
      const inSpace = isCloud(call)
        ? query.get("space-id") === spaceIdOf(site)
        : query.get("spaceKey") === SPACE;
      const found = call.state.pages.filter(
        (one) =>
          inSpace &&
          one.site === site &&
          one.status === "current" &&
          one.title === (query.get("title") ?? one.title),
      );
      const results = found.map((one) => whole(one, call));
      const { base: address } = (results[0] ?? whole(homeOf(call, site), call))._links as { base: string };
      return ok({ results, _links: { base: address } });
    },
    [`GET ${base}/:id`]: (call) => {
      homeOf(call, call.who());
      const page = pageOf(call);
      // Data Center hides what is in the trash.
      if (!isCloud(call) && page.status === "trashed")
        throw refuse(call, 404, "No content found with that id");
      return ok(whole(page, call));
    },
    [`PUT ${base}/:id`]: update,
    [`DELETE ${base}/:id`]: (call) => {
      const page = pageOf(call);
      if (page.status === "trashed") throw refuse(call, 404, `Cannot find content with id ${page.id}`);
      page.status = "trashed";
      call.world.remove(ID, page.id);
      return { status: 204 };
    },
  };
}

/** The body only comes along where it is asked for. */
function whole(page: Parameters<typeof entityOf>[0], call: Call): Record<string, unknown> {
  const { body, version, ...entity } = entityOf(page, call);
  const expand = (call.query.get("expand") ?? "").split(",");
  const isAsked = isCloud(call)
    ? call.query.get("body-format") === "storage"
    : expand.includes("body.storage");
  const isCounted = isCloud(call) || expand.includes("version");
  return { ...entity, ...(isCounted && { version }), ...(isAsked && { body }) };
}

function attachments(base: string): Routes<State, string> {
  const path = `${base}/content/:id/child/attachment`;
  return {
    [`GET ${path}`]: (call) => {
      homeOf(call, call.who());
      const page = pageOf(call);
      const name = call.query.get("filename");
      const found = call.state.attachments.filter(
        (one) => one.page === page.id && (name === null || one.title === name),
      );
      return ok({ results: found.map(({ title }) => ({ id: `att${title}`, title })), size: found.length });
    },
    [`POST ${path}`]: (call) => {
      homeOf(call, call.who());
      const page = pageOf(call);
      if (!/^no-?check$/.test(String(call.request.headers["x-atlassian-token"] ?? "")))
        throw refuse(call, 403, "XSRF check failed");
      const file = call.files().find(({ name }) => name === "file");
      if (!file?.filename) throw refuse(call, 400, "At least one file is required");
      const { filename: title, bytes } = file;
      if (call.state.attachments.some((one) => one.page === page.id && one.title === title))
        throw refuse(
          call,
          400,
          `Cannot add a new attachment with same file name as an existing attachment: ${title}`,
        );
      const type = sniff(bytes) ?? "application/octet-stream";
      call.state.attachments.push({ page: page.id, title, type, bytes });
      return ok({ results: [{ id: `att${title}`, title }], size: 1 });
    },
  };
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

/** Notion's REST API, version 2026-03-11: https://developers.notion.com/reference/intro, and the types of its SDK. Read 2026-11-27. */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { memberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { entityOf as blockOf, everyStored, plainOf, readBlocks, richText } from "./blocks.ts";
import { appendTo, create, entityOf, findPage, surroundings, update } from "./pages.ts";
import { queryIn, SCHEMA } from "./properties.ts";
import { idOf, invalid, minute, missing, refuse, said, sameId } from "./said.ts";
import { botOf, type Call, ID, type State, type Who } from "./state.ts";
import { complete, createUpload, send, uploadOf } from "./uploads.ts";

// Which ones there will be nobody knows; before this one, databases had no data sources.
const LEAST = "2025-09-03";
const PAGE = 100;

const pictures = { counts: [1, 2], before: true } as const;

export const notion: SandboxNetwork = {
  id: ID,
  name: "Notion",
  look: { light: "#4b4a45", dark: "#c9c7bf", mark: "Nn", layout: "article", alt: true },
  ways: [
    { name: "page", title: "Acme 2.4", media: pictures },
    {
      name: "database",
      title: "Acme 2.4",
      settings: { database: idOf("database") },
      media: pictures,
      options: { properties: { Status: "Published", Tags: ["release"] } },
    },
    { name: "data source", title: "Acme 2.4", settings: { data_source: idOf("source") } },
  ],
  channel: (name, base, _folder, settings = {}) => ({
    server: base,
    token: `sandbox-${name}`,
    ...(settings.data_source
      ? { data_source: idOf(`source ${name}`) }
      : settings.database
        ? { database: idOf(`database ${name}`) }
        : { page: idOf(`page ${name}`) }),
  }),
  publishes: isOneOf("POST /v1/pages"),
  handle: api<State, Who>({
    id: ID,
    state: () => ({ pages: [], uploads: [], comments: [], last: 0 }),
    first({ path, request, query }) {
      if (!path.startsWith("/v1/")) return;
      const version = String(request.headers["notion-version"] ?? "");
      if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < LEAST)
        throw refuse(
          400,
          "missing_version",
          `Notion-Version header should be a version, was \`${version}\`.`,
        );
      if (Number(query.get("page_size") ?? PAGE) > PAGE)
        throw invalid("page_size", `should be ≤ \`${PAGE}\``);
      if (request.body.length > 500_000 && !path.endsWith("/send"))
        throw refuse(400, "validation_error", "The request's body is larger than 500 KB.");
    },
    auth({ request }) {
      const who = memberOf(bearer(request));
      if (!who) throw refuse(401, "unauthorized", "API token is invalid.");
      return who;
    },
    expired: () => said(401, "unauthorized", "API token is invalid."),
    windows: { requests: [{ posts: 180, ms: 60_000 }] },
    always: { window: "requests", account: ({ channel }) => channel },
    limited: () =>
      said(429, "rate_limited", "You have been rate limited. Please try again in a few minutes."),
    malformed: () => said(400, "invalid_json", "Error parsing JSON body."),
    unknown: ({ path }) =>
      path.startsWith("/v1/") ? said(400, "invalid_request_url", "Invalid request URL.") : undefined,
    routes: {
      "GET /v1/users/me": (call) => {
        const { channel, name } = call.who();
        const workspace_limits = { max_file_upload_size_in_bytes: 5_242_880 };
        const bot = {
          owner: { type: "workspace", workspace: true },
          workspace_name: channel,
          workspace_limits,
        };
        return ok({ object: "user", id: botOf(call), type: "bot", name, bot });
      },
      "GET /v1/pages/:id": (call) => ok(entityOf(findPage(call), call)),
      "POST /v1/pages": create,
      "PATCH /v1/pages/:id": update,
      "GET /v1/blocks/:id/children": children,
      "PATCH /v1/blocks/:id/children": (call) => {
        const { children, position, ...rest } = call.fields();
        const [unknown] = Object.keys(rest);
        if (unknown) throw invalid(unknown, "should be not present");
        if (position !== undefined) throw invalid("position", "is not played by the sandbox");
        const page = findPage(call);
        const blocks = readBlocks(children, "children", surroundings(call));
        appendTo(page, blocks, call);
        return list(blocks.map((one) => blockOf(one, call.world.now(), botOf(call))));
      },
      "GET /v1/databases/:id": (call) => {
        const { id = "" } = call.params;
        if (!sameId(id, idOf(`database ${call.who().channel}`))) throw missing("database", id);
        const source = { id: idOf(`source ${call.who().channel}`), name: "Announcements" };
        return ok({ object: "database", id, data_sources: [source] });
      },
      "GET /v1/data_sources/:id": (call) =>
        ok({ object: "data_source", id: sourceOf(call), properties: SCHEMA }),
      "POST /v1/data_sources/:id/query": (call) => {
        sourceOf(call);
        const isWanted = queryIn(call.fields());
        const found = call.state.pages.filter(
          (page) => page.channel === call.who().channel && page.inSource && !page.inTrash && isWanted(page),
        );
        return pageOf(
          call,
          found.map((page) => entityOf(page, call)),
        );
      },
      "POST /v1/file_uploads": createUpload,
      "POST /v1/file_uploads/:id/send": send,
      "POST /v1/file_uploads/:id/complete": complete,
      "GET /v1/file_uploads/:id": (call) => ok(uploadOf(call)),
      "GET /v1/comments": (call) => {
        const id = call.query.get("block_id") ?? "";
        const page = findPage(call, id);
        return pageOf(call, call.state.comments.filter((one) => one.page === page.id).map(commentOf));
      },
      "POST /v1/comments": (call) => {
        const { parent, rich_text } = call.fields() as { parent?: { page_id?: string }; rich_text?: unknown };
        const page = findPage(call, text(parent?.page_id) ?? "");
        const { name } = call.who();
        const words = richText(rich_text, "rich_text");
        const at = call.world.now();
        const id = idOf(`comment ${++call.state.last}`);
        const comment = { id, page: page.id, by: botOf(call), name, words, at };
        call.state.comments.push(comment);
        const shown = { network: ID, account: name, id, parent: page.id, url: entityOf(page, call).url };
        const said = plainOf(words);
        call.world.accept({ ...shown, at, text: said, html: said, media: [], length: said.length, max: 0 });
        return ok(commentOf(comment));
      },
    },
  }),
};

function sourceOf(call: Call): string {
  const { id = "" } = call.params;
  if (!sameId(id, idOf(`source ${call.who().channel}`))) throw missing("data source", id);
  return id;
}

/** Of the page that stands for the whole, of a page, or of a block in one. */
function children(call: Call): SandboxReply {
  const { id = "" } = call.params;
  const { channel } = call.who();
  const { pages } = call.state;
  const bot = botOf(call);
  if (sameId(id, idOf(`page ${channel}`))) {
    const below = pages.filter((page) => page.channel === channel && !page.inSource && !page.inTrash);
    return pageOf(
      call,
      below.map((page) => ({
        ...blockOf({ id: page.id, type: "child_page", body: {}, children: page.blocks }, page.at, page.by),
        child_page: { title: plainOf(page.title) },
      })),
    );
  }
  const own = pages.filter((page) => page.channel === channel);
  const page = own.find((one) => sameId(one.id, id));
  const block = everyStored(own.flatMap((one) => one.blocks)).find((one) => sameId(one.id, id));
  const found = page?.blocks ?? block?.children;
  if (!found) throw missing("block", id);
  return pageOf(
    call,
    found.map((one) => blockOf(one, page?.at ?? call.world.now(), bot)),
  );
}

function commentOf({ id, page, by, name, words, at }: State["comments"][number]) {
  return {
    ...{ object: "comment", id, discussion_id: id, parent: { type: "page_id", page_id: page } },
    ...{ created_time: minute(at), last_edited_time: minute(at), rich_text: words },
    created_by: { object: "user", id: by },
    display_name: { type: "integration", resolved_name: name },
  };
}

function pageOf(call: Call, all: readonly { id: string }[]): SandboxReply {
  const { start_cursor, page_size } = call.fields();
  const from = start_cursor === undefined ? 0 : all.findIndex(({ id }) => id === start_cursor);
  if (from < 0) throw invalid("start_cursor", "should be a valid cursor");
  const end = from + Number(page_size ?? PAGE);
  return list(all.slice(from, end), all[end]?.id);
}

function list(results: readonly object[], next?: string): SandboxReply {
  return ok({ object: "list", results, next_cursor: next ?? null, has_more: next !== undefined });
}

function ok(body: object): SandboxReply {
  return { status: 200, body };
}

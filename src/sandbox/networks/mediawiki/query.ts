/** What a wiki is asked: https://www.mediawiki.org/wiki/API:Query, API:Tokens. Read 2026-11-27. */
import { bearer, text } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxReply, SandboxRequest } from "../../network.ts";
import {
  type Call,
  LONGEST,
  latestOf,
  ok,
  pageAt,
  type Revision,
  refuse,
  type State,
  titled,
  urlOf,
} from "./pages.ts";

export function sessionIn({ headers }: SandboxRequest, state: State) {
  const [, id = ""] = /(?:^|; )wiki_BPsession=([^;]+)/.exec(String(headers.cookie ?? "")) ?? [];
  return state.sessions.get(id);
}

/** Of a session; somebody who is not logged in has the empty one. */
export function csrfOf(call: Call): string {
  const own = sessionIn(call.request, call.state) ?? channelOf(bearer(call.request));
  if (own === undefined) return "+\\";
  return `${sha256(`csrf ${call.request.headers.cookie ?? call.request.headers.authorization}`)
    .toString("hex")
    .slice(0, 40)}+\\`;
}

export const loginToken = (cookie: string) => `${sha256(`login ${cookie}`).toString("hex").slice(0, 40)}+\\`;

/** `action=query`: tokens, who one is, pages and their histories. */
export function query(call: Call): SandboxReply {
  const field = (name: string) => text(call.fields()[name]);
  const meta = (field("meta") ?? "").split("|");
  if (meta.includes("tokens") && field("type") === "login") {
    const cookie = sha256(`begun ${call.world.now()}`).toString("hex").slice(0, 32);
    return {
      ...ok({ batchcomplete: true, query: { tokens: { logintoken: loginToken(cookie) } } }),
      headers: {
        "set-cookie": `wiki_session=${cookie}; expires=Thu, 01 Jan 2037 00:00:00 GMT; path=/; HttpOnly`,
      },
    };
  }
  const found: Record<string, unknown> = {};
  if (meta.includes("tokens")) found.tokens = { csrftoken: csrfOf(call) };
  if (meta.includes("userinfo")) {
    const rights = ["read", "edit", "createpage", "upload", "delete", "minoredit"];
    found.userinfo = { id: 4, name: call.who(), ...(field("uiprop")?.includes("rights") && { rights }) };
  }
  if (meta.includes("siteinfo")) {
    const base = urlOf({ wiki: call.params.wiki ?? "", title: "Main Page" }, call);
    found.general = {
      base,
      sitename: call.params.wiki,
      maxarticlesize: LONGEST,
      generator: "MediaWiki 1.39.17",
    };
  }
  const asked = [field("titles"), field("pageids"), field("revids")].filter((one) => one !== undefined);
  if (asked.length > 1)
    throw refuse("invalidparammix", "The parameters titles, pageids and revids cannot be used together.");
  if (asked.length === 1) {
    const entity = pageEntity(call);
    found.pages = entity ? [entity] : undefined;
  }
  return ok({ batchcomplete: true, query: found });
}

function pageEntity(call: Call): object | undefined {
  const field = (name: string) => text(call.fields()[name]);
  const [titles, pageids, revids] = [field("titles"), field("pageids"), field("revids")];
  const title = titles === undefined ? undefined : titled(titles);
  if (titles !== undefined && title === undefined)
    return {
      title: titles,
      invalidreason: "The requested page title contains invalid characters.",
      invalid: true,
    };
  const byRevision = call.state.pages.find(
    ({ wiki, revisions }) => wiki === call.params.wiki && revisions.some(({ id }) => String(id) === revids),
  );
  const page =
    revids !== undefined
      ? byRevision
      : pageAt(call, pageids === undefined ? { title } : { id: Number(pageids) });
  if (!page && revids !== undefined) return undefined;
  if (!page && title === undefined) return { pageid: Number(pageids), missing: true };
  const wiki = call.params.wiki ?? "";
  const prop = (field("prop") ?? "").split("|");
  if (prop.includes("imageinfo")) return fileEntity(title ?? "", call);
  const address = field("inprop")?.includes("url")
    ? { fullurl: urlOf({ wiki, title: page?.title ?? title! }, call) }
    : {};
  const actions = field("intestactions") ? { actions: { edit: [], create: [] } } : {};
  if (!page) return { ns: 0, title, missing: true, ...address, ...actions };
  const info = {
    pageid: page.id,
    ns: 0,
    title: page.title,
    lastrevid: latestOf(page).id,
    ...address,
    ...actions,
  };
  return prop.includes("revisions") ? { ...info, revisions: revisionsOf(page.revisions, call) } : info;
}

/** https://www.mediawiki.org/wiki/API:Imageinfo. */
function fileEntity(title: string, call: Call): object {
  const name = title.replace(/^File:/, "").replace(/ /g, "_");
  const file = call.state.files.find((one) => one.wiki === call.params.wiki && one.name === name);
  if (!file) return { ns: 6, title, missing: true };
  const asked = (text(call.fields().iiprop) ?? "timestamp|user").split("|");
  return { ns: 6, title, imageinfo: [{ ...(asked.includes("sha1") && { sha1: file.sha1 }) }] };
}

function revisionsOf(all: readonly Revision[], call: Call): object[] {
  const field = (name: string) => text(call.fields()[name]);
  const revids = field("revids");
  const props = (field("rvprop") ?? "ids|timestamp|comment|user").split("|");
  if (props.includes("content") && field("rvslots") === undefined)
    throw refuse("missingparam", "The sandbox gives content in slots only: set rvslots.");
  const end = field("rvend");
  const ordered = field("rvdir") === "newer" ? [...all] : all.toReversed();
  const listed = field("rvlimit") !== undefined || end !== undefined;
  const chosen = revids
    ? all.filter(({ id }) => String(id) === revids)
    : listed
      ? ordered
      : ordered.slice(0, 1);
  return chosen
    .filter(({ at }) => end === undefined || at >= Date.parse(end))
    .slice(0, Number(field("rvlimit") ?? 50))
    .map(({ id, parent, user, comment, text, at }) => ({
      ...(props.includes("ids") && { revid: id, parentid: parent }),
      ...(props.includes("user") && { user }),
      ...(props.includes("timestamp") && { timestamp: `${new Date(at).toISOString().slice(0, 19)}Z` }),
      ...(props.includes("comment") && { comment }),
      ...(props.includes("content") && {
        slots: { main: { contentmodel: "wikitext", contentformat: "text/x-wiki", content: text } },
      }),
    }));
}

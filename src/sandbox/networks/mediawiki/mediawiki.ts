/**
 * MediaWiki's action API: https://www.mediawiki.org/wiki/API:Main_page (Login, Tokens, Edit, Upload, Delete, Query), and what a
 * wiki of version 1.39 answered. Read and tried 2026-11-27.
 */
import { createHash } from "node:crypto";
import { api } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, edit, ID, ok, pageAt, refuse, type State, said, titled } from "./pages.ts";
import { csrfOf, loginToken, query, sessionIn } from "./query.ts";

const API = "/:wiki/api.php";
const LIMITED =
  "As an anti-abuse measure, you are limited from performing this action too many times in a short space of time, and you have exceeded this limit. Please try again in a few minutes.";
const NOT_LOGGED_IN = "You are no longer logged in, so the action could not be completed.";

export const mediawiki: SandboxNetwork = {
  id: ID,
  name: "MediaWiki",
  look: { light: "#54595d", dark: "#c8ccd1", mark: "Mw", layout: "article", alt: true },
  ways: [
    {
      name: "bot password",
      title: "Acme 2.4",
      named: true,
      media: { counts: [1, 2], before: true },
      renews: true,
    },
    {
      name: "sections",
      settings: { page: "Announcements" },
      title: "Acme 2.4",
      media: { before: true },
      renews: true,
    },
    {
      name: "token",
      settings: { token: "sandbox" },
      title: "Acme 2.4",
      named: true,
      media: { before: true },
    },
  ],
  channel: (name, base, _folder, settings = {}) => ({
    api: `${base}/${name}/api.php`,
    ...(settings.token === undefined
      ? { username: `${name}@broadcast`, password: `sandbox-${name}` }
      : { token: `sandbox-${name}` }),
    ...(typeof settings.page === "string" && { page: settings.page }),
  }),
  publishes: (method, path) => method === "POST" && /^\/[^/]+\/api\.php$/.test(path),
  publishing: (body) => /(?:^|&)action=edit(?:&|$)/.test(body.toString("latin1")),
  handle: api<State, string>({
    id: ID,
    state: () => ({ pages: [], files: [], sessions: new Map(), last: 0 }),
    auth: userOf,
    // $wgRateLimits of users.
    windows: { edit: [{ posts: 90, ms: 60_000 }] },
    limited: () => said("ratelimited", LIMITED),
    malformed: () => said("badformat", "The body could not be read."),
    unknown: ({ path }) => (path.includes("api.php") ? { status: 404, body: "Not Found" } : undefined),
    open: { [`GET ${API}`]: answer, [`POST ${API}`]: answer },
    routes: {},
  }),
};

/** The rights of the account; sessions end when they are forgotten. */
function userOf({ request, params, state }: Call): string {
  const user = sessionIn(request, state)?.user ?? channelOf(bearer(request));
  const wiki = sessionIn(request, state)?.wiki ?? user;
  if (bearer(request) !== undefined && user === undefined)
    throw refuse("mwoauth-invalid-authorization", "The authorization headers in your request are not valid.");
  if (user === undefined || wiki !== params.wiki) throw refuse("assertuserfailed", NOT_LOGGED_IN);
  return user;
}

function answer(call: Call): SandboxReply {
  const field = (name: string) => text(call.fields()[name]);
  if (field("format") !== "json")
    return { status: 200, body: "<!DOCTYPE html><title>MediaWiki API help</title>" };
  if (field("formatversion") !== "2") throw refuse("badversion", "The sandbox speaks format version 2 only.");
  const { trouble } = call.request;
  if (field("assert") === "user") {
    call.who();
    if (trouble?.kind === "expired") throw refuse("assertuserfailed", NOT_LOGGED_IN);
    if (trouble?.kind === "limited") {
      const reply = said("ratelimited", LIMITED);
      const { retryAfter } = trouble;
      return {
        ...reply,
        headers: { ...reply.headers, ...(retryAfter !== undefined && { "retry-after": retryAfter }) },
      };
    }
  }
  const action = field("action");
  if (action === "query") return query(call);
  if (call.method !== "POST") throw refuse("mustbeposted", `The "${action}" module requires a POST request.`);
  if (action === "login") return login(call);
  if (call.query.has("token"))
    throw refuse(
      "mustpostparams",
      "The following parameter was found in the query string, but must be in the POST body: token.",
    );
  if (field("token") === undefined) throw refuse("missingparam", 'The "token" parameter must be set.');
  if (field("token") !== csrfOf(call)) throw refuse("badtoken", "Invalid CSRF token.");
  if (action === "edit") return edit(call);
  if (action === "upload") return upload(call);
  if (action === "delete") return remove(call);
  throw refuse("badvalue", `Unrecognized value for parameter "action": ${action}.`);
}

function login(call: Call): SandboxReply {
  const { lgname, lgpassword, lgtoken } = call.fields();
  const [, cookie] = /(?:^|; )wiki_session=([^;]+)/.exec(String(call.request.headers.cookie ?? "")) ?? [];
  if (cookie === undefined || text(lgtoken) !== loginToken(cookie))
    return ok({
      login: { result: "Failed", reason: "Unable to continue login. Your session most likely timed out." },
    });
  const [user = "", app] = (text(lgname) ?? "").split("@");
  if (!app || channelOf(text(lgpassword)) !== user || user !== call.params.wiki)
    return ok({
      login: { result: "Failed", reason: "Incorrect username or password entered. Please try again." },
    });
  const id = sha256(`session ${user} ${call.state.sessions.size}`).toString("hex").slice(0, 32);
  call.state.sessions.set(id, { wiki: user, user });
  return {
    ...ok({ login: { result: "Success", lguserid: 4, lgusername: user } }),
    headers: { "set-cookie": `wiki_BPsession=${id}; path=/; HttpOnly` },
  };
}

function upload(call: Call): SandboxReply {
  const wiki = call.params.wiki ?? "";
  const file = call.files().find(({ name }) => name === "file");
  const asked = text(call.fields().filename) ?? "";
  if (!file) throw refuse("missingparam", 'One of the parameters "filekey", "file" and "url" is required.');
  const name = titled(asked)?.replace(/[/:]/g, "-").replace(/ /g, "_");
  if (name === undefined) return warned({ badfilename: asked.replace(/[^\w.-]/g, "-") });
  const type = sniff(file.bytes);
  const extensions: Record<string, string[]> = {
    png: ["image/png"],
    jpg: ["image/jpeg"],
    jpeg: ["image/jpeg"],
    gif: ["image/gif"],
    webp: ["image/webp"],
  };
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  if (!extensions[extension])
    return warned({ "filetype-unwanted-type": [extension, Object.keys(extensions)] });
  if (type === undefined || !extensions[extension].includes(type))
    throw refuse(
      "verification-error",
      `File extension ".${extension}" does not match the detected MIME type of the file (${type}).`,
    );
  const sha1 = createHash("sha1").update(file.bytes).digest("hex");
  const own = call.state.files.filter((one) => one.wiki === wiki);
  const there = own.find((one) => one.name === name);
  // The grant "Upload new files" does not give the right `reupload`; a wiki of 1.39 does not look at the bytes then.
  if (there)
    throw refuse(
      "fileexists-forbidden",
      `A file with this name already exists, and cannot be overwritten. If you still want to upload your file, please go back and use a new name. [[File:${name}|thumb|center|${name}]]`,
    );
  const same = own.find((one) => one.sha1 === sha1);
  if (same) return warned({ duplicate: [same.name] });
  call.state.files.push({ wiki, name, sha1, type, bytes: file.bytes });
  return ok({ upload: { result: "Success", filename: name, imageinfo: { sha1, mime: type } } });
}

function warned(warnings: object): SandboxReply {
  return ok({ upload: { result: "Warning", warnings, filekey: "1d46q8ozlq6k.6tlxao.4.png" } });
}

function remove(call: Call): SandboxReply {
  const id = text(call.fields().pageid);
  const page = pageAt(call, { id: Number(id) });
  if (!page) throw refuse("nosuchpageid", `There is no page with ID ${id}.`);
  call.who();
  call.state.pages.splice(call.state.pages.indexOf(page), 1);
  call.world.remove(ID, String(page.id));
  return ok({
    delete: { title: page.title, reason: text(call.fields().reason) ?? "", logid: ++call.state.last },
  });
}

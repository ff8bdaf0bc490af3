/**
 * Discourse's API: https://docs.discourse.org/ (openapi.json of discourse_api_docs), and the server's own code for what that
 * leaves open (posts_controller.rb, topics_controller.rb, topic.rb, site_settings.yml). Read 2026-11-27.
 */
import { createHash } from "node:crypto";
import { api, isOneOf } from "../../api.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  byExternalId,
  create,
  deletePost,
  deleteTopic,
  like,
  POST_MAX,
  showPosts,
  showTopic,
  TITLE,
  update,
} from "./posts.ts";
import {
  badKey,
  type Call,
  type Caller,
  callerOf,
  categoryOf,
  ID,
  notFound,
  ok,
  refuse,
  type State,
  said,
  userIdOf,
} from "./state.ts";

export const discourse: SandboxNetwork = {
  id: ID,
  name: "Discourse",
  look: { light: "#0a6fb8", dark: "#7cc4f5", mark: "D", layout: "article", alt: true },
  ways: [
    {
      name: "key",
      title: "Acme 2.4 is out for everyone",
      media: { counts: [1, 2], before: true },
      threads: true,
    },
  ],
  channel: (name, base) => ({
    server: base,
    username: name,
    api_key: `sandbox-${name}`,
    category: String(categoryOf(name)),
    shortest_title: String(TITLE.least),
  }),
  publishes: isOneOf("POST /posts.json"),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ topics: new Map(), posts: new Map(), uploads: new Map(), answered: new Map() }),
    auth: callerOf,
    expired: badKey,
    windows: {
      // rate_limit_create_post; max_admin_api_reqs_per_minute.
      create: [{ posts: 1, ms: 5_000 }],
      key: [{ posts: 60, ms: 60_000 }],
    },
    always: { window: "key", account: ({ name }) => name },
    limited: ({ window, seconds }) => ({
      status: 429,
      headers: {
        "discourse-rate-limit-error-code": window === "key" ? "admin_api_key_rate_limit" : "create_post",
      },
      body: {
        errors: ["You've performed this action too many times, please try again later."],
        error_type: "rate_limit",
        extras: { wait_seconds: Math.ceil(seconds), time_left: `${Math.ceil(seconds)} seconds` },
      },
    }),
    malformed: () => said(400, "The request could not be read.", "invalid_parameters"),
    unknown: ({ path }) =>
      path.endsWith(".json")
        ? said(404, "The requested URL or resource could not be found.", "not_found")
        : undefined,
    routes: {
      "POST /posts.json": create,
      "PUT /posts/:id.json": update,
      "DELETE /posts/:id.json": deletePost,
      "POST /post_actions.json": like,
      "POST /uploads.json": upload,
      "GET /t/external_id/:id.json": byExternalId,
      "GET /t/:id/posts.json": showPosts,
      "GET /t/:slug/:id.json": showTopic,
      "GET /t/:id.json": showTopic,
      "DELETE /t/:id.json": deleteTopic,
      "GET /posts/:name/pending.json": ({ params, who }) => {
        if (params.name !== who().name) throw notFound();
        return ok({ pending_posts: [] });
      },
      "GET /u/:name.json": ({ params, who }) => {
        if (params.name !== who().name) throw notFound();
        return ok({ user: { id: userIdOf(who().name), username: who().name, name: null } });
      },
      "GET /site/settings.json": () => ok({ max_topic_title_length: TITLE.most, max_post_length: POST_MAX }),
    },
  }),
};

function upload(call: Call): SandboxReply {
  call.who();
  const fields = call.fields();
  if ((fields.type ?? fields.upload_type) !== "composer")
    throw refuse(400, "param is missing or the value is empty: upload_type", "invalid_parameters");
  const file = call.files().find(({ name }) => name === "file" || name === "files[]");
  const type = file && sniff(file.bytes);
  if (!file || !type?.startsWith("image/"))
    throw refuse(422, "Sorry, the file you are trying to upload is not authorized.");
  // The same file is the same upload.
  const name = `${createHash("sha1").update(file.bytes).digest("hex")}.${type.slice(6)}`;
  const short = `upload://${name}`;
  call.state.uploads.set(short, { type, bytes: file.bytes });
  return ok({
    id: call.state.uploads.size,
    url: `${call.world.base(ID)}/uploads/default/original/1X/${name}`,
    short_url: short,
    original_filename: file.filename,
    filesize: file.bytes.length,
    width: 8,
    height: 8,
  });
}

/**
 * LinkedIn's versioned API as its documents describe it: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api,
 * …/images-api, …/videos-api, …/documents-api, …/comments-api, …/little-text-format. Read 2026-11-23. A reserved character that is not escaped cuts
 * the post off there, and the answer is a success: so it is here. The same words twice are taken, though LinkedIn refuses them
 * for a time that it does not tell: here that would hide a post that goes out twice.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer } from "../../body.ts";
import { memberOf } from "../../ids.ts";
import type { SandboxNetwork } from "../../network.ts";
import {
  comment,
  commentEntity,
  commentOf,
  comments,
  mayReadOn,
  removeComment,
  updateComment,
} from "./comments.ts";
import { checkVersion, mayRead, whoOf } from "./login.ts";
import { create, remove, update } from "./posting.ts";
import { entityOf, finder, shareOf } from "./reading.ts";
import { DAY, ID, refuse, type State, said, type Who } from "./state.ts";
import { begin, fileOf, finish, receive } from "./uploads.ts";

export const linkedin: SandboxNetwork = {
  id: ID,
  name: "LinkedIn",
  look: { light: "#0a5ea8", dark: "#71b7fb", mark: "in", layout: "post", alt: true },
  ways: [
    {
      name: "person",
      settings: { token: "t", author: "urn:li:person:acme" },
      lookUp: "none",
      // The URN stands in a header, beside an empty body.
      answers: "headers",
      media: { counts: [1, 2], before: true },
      threads: true,
    },
    {
      name: "organization",
      settings: { token: "t", author: "urn:li:organization:1" },
      media: { before: true },
      threads: true,
    },
  ],
  channel(name, base, _folder, settings) {
    const isOrganization = String(settings?.author ?? "").startsWith("urn:li:organization:");
    const { person, organization } = whoOf(name);
    return {
      author: isOrganization ? organization : person,
      token: `sandbox-${name}`,
      server: base,
      web: base,
    };
  },
  publishes: isOneOf("POST /rest/posts", "POST /rest/socialActions/:urn/comments"),
  busy: said(503, "SERVICE_UNAVAILABLE", "Service Unavailable"),
  handle: api<State, Who>({
    id: ID,
    state: () => ({ shares: new Map(), files: new Map(), comments: [], sequence: 0 }),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refuse(401, "INVALID_ACCESS_TOKEN", "Invalid access token");
      return whoOf(member.channel, member.name);
    },
    expired: () => said(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"),
    windows: { posts: [{ posts: 150, ms: DAY }] },
    limited: () =>
      said(429, "TOO_MANY_REQUESTS", "Resource level throttle limit for calls to this resource is reached."),
    // Neither headers nor a time to come back.
    retryAfter: false,
    malformed: ({ malformed }) => malformed && said(400, "INVALID_JSON", "Cannot parse request entity"),
    unknown: ({ path }) =>
      /^\/(rest|v2)\//.test(path) ? said(404, "RESOURCE_NOT_FOUND", "No virtual resource found") : undefined,
    first: checkVersion,
    // The address that was told is the credential.
    open: { "PUT /upload/:id": receive, "PUT /upload/:id/:part": receive },
    routes: {
      "GET /v2/userinfo": ({ who }) => {
        const sub = who().person.replace("urn:li:person:", "");
        return { status: 200, body: { sub, name: sub } };
      },
      "GET /rest/organizations/:id": ({ params }) => ({
        status: 200,
        body: {
          id: Number(params.id),
          localizedName: `Organization ${params.id}`,
          vanityName: `org-${params.id}`,
        },
      }),
      "POST /rest/images": (call) => begin(call, "image"),
      "POST /rest/documents": (call) => begin(call, "document"),
      "POST /rest/videos": (call) =>
        call.query.get("action") === "finalizeUpload" ? finish(call) : begin(call, "video"),
      "GET /rest/videos/:urn": (call) => {
        const file = fileOf(call, call.params.urn!);
        const status = file.readyAt > call.world.now() ? "PROCESSING" : "AVAILABLE";
        return { status: 200, body: { id: file.urn, owner: file.owner, status } };
      },
      "POST /rest/posts": create,
      "GET /rest/posts": finder,
      "POST /rest/posts/:urn": update,
      "DELETE /rest/posts/:urn": remove,
      "GET /rest/posts/:urn": (call) => ({ status: 200, body: entityOf(mayRead(shareOf(call), call)) }),
      "GET /rest/socialMetadata/:urn": (call) => {
        const { urn } = mayReadOn(call);
        const count = call.state.comments.filter(({ on }) => on === urn).length;
        return {
          status: 200,
          body: { entity: urn, reactionSummaries: {}, commentSummary: { count, topLevelCount: count } },
        };
      },
      "GET /rest/socialActions/:urn/comments": comments,
      "POST /rest/socialActions/:urn/comments": comment,
      "GET /rest/socialActions/:urn/comments/:number": (call) => {
        mayReadOn(call);
        return { status: 200, body: commentEntity(commentOf(call)) };
      },
      "POST /rest/socialActions/:urn/comments/:number": updateComment,
      "DELETE /rest/socialActions/:urn/comments/:number": removeComment,
    },
  }),
};

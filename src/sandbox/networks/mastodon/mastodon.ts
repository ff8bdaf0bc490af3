/**
 * Mastodon 4.4 as its documents describe it: https://docs.joinmastodon.org/methods/statuses/, …/media/, …/accounts/, …/polls/,
 * …/scheduled_statuses/ (its limits are in scheduled_status.rb), https://docs.joinmastodon.org/api/rate-limits/. Read 2026-11-23.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf } from "../../ids.ts";
import type { SandboxNetwork } from "../../network.ts";
import {
  entityOf,
  id,
  MINUTE,
  nameOf,
  notFound,
  of,
  ok,
  own,
  ownMedia,
  rateHeaders,
  refuse,
  said,
  seen,
  waiting,
} from "./call.ts";
import { checkAlt } from "./draft.ts";
import { accountEntity, ID, instance, mediaEntity, type State, scheduledEntity } from "./entities.ts";
import { ballot, context, timeline, vote } from "./reading.ts";
import { move, publishDue, scheduledList } from "./schedule.ts";
import { NAMES, softwareAt, softwareNamed } from "./software.ts";
import { create, edit, remove } from "./statuses.ts";
import { upload } from "./upload.ts";

const HOUR = 60 * MINUTE;
const initial = (): State => ({
  statuses: new Map(),
  replies: new Map(),
  media: new Map(),
  keys: new Map(),
  scheduled: new Map(),
  sequence: 0,
});

export const mastodon: SandboxNetwork = {
  id: ID,
  name: "Mastodon",
  look: { light: "#5b4bd6", dark: "#a59bff", mark: "M", layout: "post", alt: true },
  ways: [
    {
      name: "token",
      repeats: "known",
      media: { before: true, processing: true },
      threads: true,
      rewritten:
        "Thanks @Bob@other.example,\n\n@amelie@münchen.example\n\nand @carol@third.example & all: https://acme.example/?a=1&b=2 #Release",
    },
    {
      name: "pixelfed",
      besides: true,
      settings: { software: "pixelfed" },
      media: { before: true, needed: true, type: "image/jpeg" },
      threads: true,
    },
    { name: "gotosocial", besides: true, settings: { software: "gotosocial" }, threads: true },
    { name: "pleroma", besides: true, settings: { software: "pleroma" }, repeats: "known", threads: true },
    { name: "friendica", besides: true, settings: { software: "friendica" }, threads: true },
    { name: "snac", besides: true, settings: { software: "snac" }, threads: true },
  ],
  channel(name, base, _folder, settings) {
    const software = String(settings?.software ?? "mastodon");
    const server = software === "mastodon" || !NAMES.includes(software) ? base : `${base}/~${software}`;
    return { server, token: `sandbox-${name}`, ...(server !== base && { software }) };
  },
  publishes: isOneOf("POST /api/v1/statuses", "POST /:software/api/v1/statuses"),
  // api/base_controller.rb, and the Error entity.
  busy: said(503, "There was a temporary problem serving your request, please try again"),
  recognises: ({ path, headers }) =>
    headers["idempotency-key"] !== undefined && softwareNamed(softwareAt(path).name).keys === "replayed",
  handle: api<State, string>({
    id: ID,
    state: initial,
    path: ({ path }) => softwareAt(path).path,
    first: ({ state, world }) => publishDue(state, world),
    auth(call) {
      const account = channelOf(bearer(call.request));
      if (account === undefined) throw refuse(401, "The access token is invalid");
      return account;
    },
    expired: () => said(401, "The access token was revoked"),
    windows: {
      calls: [{ posts: 300, ms: 5 * MINUTE }],
      posts: [{ posts: 300, ms: 3 * HOUR }],
      media: [{ posts: 30, ms: 30 * MINUTE }],
      deletes: [{ posts: 30, ms: 30 * MINUTE }],
    },
    always: { window: "calls", account: (account) => account },
    limited: ({ limit, resetAt }) => ({
      ...said(429, "Too many requests"),
      headers: rateHeaders({ limit, remaining: 0, resetAt }),
    }),
    retryAfter: false,
    rateHeaders,
    malformed: ({ malformed }) => malformed && said(400, "There was a problem parsing the request body"),
    unknown(call) {
      if (!call.path.startsWith("/api/")) return undefined;
      call.who();
      return said(404, "Record not found");
    },
    open: {
      "GET /api/v2/instance": (call) =>
        of(call).v2 === false ? said(404, "Record not found") : ok(instance(2, call.world, of(call))),
      "GET /api/v1/instance": (call) => ok(instance(1, call.world, of(call))),
      "GET /api/v1/statuses/:id": (call) => ok(entityOf(seen(call), call)),
      "GET /api/v1/statuses/:id/context": context,
      "GET /api/v1/accounts/:id/statuses": timeline,
      "GET /api/v1/polls/:id": (call) => ok(ballot(call)),
    },
    routes: {
      "GET /api/v1/accounts/verify_credentials": (call) => ok(accountEntity(call.who(), call.world)),
      "POST /api/v1/statuses": create,
      "PUT /api/v1/statuses/:id": edit,
      "DELETE /api/v1/statuses/:id": remove,
      "GET /api/v1/statuses/:id/source": (call) => {
        const { id, text, warning } = own(call);
        return ok({ id, text, spoiler_text: warning });
      },
      "POST /api/v1/statuses/:id/favourite": (call) => {
        const status = seen(call);
        status.favourites.add(call.who());
        return ok(entityOf(status, call));
      },
      "POST /api/v1/polls/:id/votes": vote,
      "GET /api/v1/scheduled_statuses": scheduledList,
      "GET /api/v1/scheduled_statuses/:id": (call) => ok(scheduledEntity(id(call), waiting(call))),
      "PUT /api/v1/scheduled_statuses/:id": move,
      "DELETE /api/v1/scheduled_statuses/:id": (call) => {
        for (const media of waiting(call).draft.media) delete media.status;
        call.state.scheduled.delete(id(call));
        return ok({});
      },
      "POST /api/v2/media": upload,
      "GET /api/v1/media/:id": (call) => {
        const media = ownMedia(call);
        return { status: media.readyAt > call.world.now() ? 206 : 200, body: mediaEntity(media, call.world) };
      },
      "PUT /api/v1/media/:id": (call) => {
        const media = ownMedia(call);
        if (media.status !== undefined) throw notFound();
        media.alt = checkAlt(text(call.fields().description) ?? media.alt, nameOf(call));
        return ok(mediaEntity(media, call.world));
      },
    },
  }),
  // Scheduled posts appear without a request.
  posts(world) {
    publishDue(world.state(ID, initial), world);
    return [];
  },
};

/** GitHub: a discussion in a category, the release of a tag, or an issue. */
import * as v from "valibot";
import { defineAdapter, type Metrics, NetworkError, type Objection } from "../../adapter.ts";
import { type Channel, channel, options, pathOf, Refused, rootOf } from "./api.ts";
import * as discussions from "./discussions.ts";
import * as issues from "./issues.ts";
import * as releases from "./releases.ts";

const Repository = v.object({
  id: v.number(),
  full_name: v.string(),
  html_url: v.string(),
  permissions: v.optional(v.object({ push: v.optional(v.boolean()) })),
});
const KINDS = { release: releases, discussion: discussions, issue: issues };
const ofRelease = ["tag", "target", "draft", "prerelease", "latest", "update", "discussion"] as const;

export const github = defineAdapter({
  id: "github",
  name: "GitHub",
  source: { url: "https://docs.github.com/en/rest/releases/releases", checked: "2026-11-23" },
  api: { version: "2022-11-28" },
  group: "knowledge",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://github.com/settings/personal-access-tokens/new",
    asks: ["token", "repository"],
    steps: [
      "Make a fine-grained token that may access only the repository.",
      "As repository permissions choose Contents: read and write for releases, Discussions or Issues: read and write for those.",
      "Copy the token, which is shown once: that is `token`; `repository` is owner/name.",
      "For discussions switch them on in the repository's settings; `category` is Announcements unless you name another one. For releases or issues say `as: release` or `as: issue`.",
      "In a GitHub Actions workflow GITHUB_TOKEN does as well, with `permissions: { contents: write }`, or discussions or issues.",
    ],
  },
  endpoint: (channel) => ({
    base: rootOf(channel),
    headers: {
      Authorization: `Bearer ${channel.token}`,
      Accept: "application/vnd.github+json",
      "X-GitHub-Api-Version": "2022-11-28",
    },
  }),
  errors: [
    { status: [403, 429], words: /rate limit|abuse detection/i, code: "limited" },
    { status: 403, words: /Resource not accessible|Must have|requires authentication|SAML/i, code: "auth" },
    { status: 200, words: /"errors":\s*\[\{.*"type":\s*"RATE_LIMITED"/s, code: "limited" },
    { status: 200, words: /"errors":\s*\[\{.*"type":\s*"(FORBIDDEN|INSUFFICIENT_SCOPES)"/s, code: "auth" },
    { status: 200, words: /"errors":\s*\[\{.*"message":/s, code: "rejected" },
  ],
  own: { body: v.union([Refused, v.object({ errors: v.array(v.object({ message: v.string() })) })]) },

  title: { max: 256, unit: "codepoint", markup: "plain", line: true },
  // Of a release; discussions and issues have room for half of it.
  text: { max: 125_000, unit: "codepoint", markup: "markdown", tags: "none" },
  media: "none",
  thread: "none",
  card: "none",
  rulesFor: ({ as }) => (as === "release" ? {} : { text: { max: 65_536 } }),
  // What makes content, by whatever API.
  rates: [
    { posts: 80, per: "1m" },
    { posts: 500, per: "1h" },
  ],
  // clientMutationId is only echoed. A tag has one release; `find` decides.
  idempotency: "none",
  edits: ({ as }) => ({
    fields: as === "discussion" ? ["text", "title"] : ["text", "title", "options"],
    fixed: ["tag", "target", "discussion", "update"],
    ...(as === "discussion" && { visible: true }),
  }),
  // An issue can only be closed.
  retracts: ({ as }) => (as === "issue" ? "none" : {}),
  blind: ({ as }) => (as === "release" ? ["replies"] : []),

  check({ title, options }, { as }) {
    const found: Objection[] = [];
    if (as === "release" && !options.tag)
      found.push({
        message: "a release needs a tag",
        remedy: "Name it with `options: { github: { tag: v2.4.0 } }`.",
        about: "options",
      });
    if (as !== "release" && title === undefined) found.push({ message: `a GitHub ${as} needs a title` });
    const strange = [
      ...(as === "release" ? [] : ofRelease.filter((name) => options[name] !== undefined)),
      ...(as === "issue" || options.labels === undefined ? [] : ["labels"]),
    ];
    if (strange.length > 0)
      found.push({
        message: `a GitHub ${as} has no ${strange.join(", ")}`,
        remedy: "Leave it out.",
        about: "options",
      });
    return found;
  },

  async prepare(posts, context) {
    if (context.channel.as === "discussion") await discussions.placeOf(context);
    if (context.channel.as !== "release") return;
    for (const post of posts) if (post.options.update) await releases.before(post, context);
  },

  publish: (post, context) => KINDS[context.channel.as].publish(post, context),
  find: (post, context, since) => KINDS[context.channel.as].find(post, context, since),

  // A workflow's own token belongs to no user, so the repository is asked.
  async account(reach) {
    const found = await reach.ask({ path: pathOf(reach.channel, "") }, Repository, "a repository");
    // A category that is not there is found out now.
    if (reach.channel.as === "discussion") await discussions.askPlace(reach);
    return {
      id: String(found.id),
      handle: `${found.full_name} ${NAMES[reach.channel.as]}`,
      url: found.html_url,
    };
  },

  read: (receipt, reach) => KINDS[reach.channel.as].read(receipt, reach),
  edit: (receipt, post, context) => KINDS[context.channel.as].edit(receipt, post, context),
  async metrics(receipts, reach) {
    const counts: (Metrics | "gone")[] = [];
    for (const receipt of receipts) counts.push(await KINDS[reach.channel.as].metrics(receipt, reach));
    return counts;
  },
  async replies(receipt, reach, since) {
    const { as } = reach.channel;
    if (as === "release") throw new NetworkError("rejected", "a release takes no comments");
    return KINDS[as].replies(receipt, reach, since);
  },
  async retract(receipt, context) {
    const { as } = context.channel;
    if (as === "issue") throw new NetworkError("rejected", "an issue can be closed, and not taken back");
    await KINDS[as].retract(receipt, context);
  },
});

const NAMES: Record<Channel["as"], string> = {
  release: "releases",
  discussion: "discussions",
  issue: "issues",
};

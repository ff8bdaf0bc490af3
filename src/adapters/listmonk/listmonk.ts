/** listmonk: a newsletter from one's own server. A draft is made and known again by its key; sending it is one change of its state. */
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, oneByOne, type Post } from "../../adapter.ts";
import { shownText } from "../../text/likeness.ts";
import {
  type Campaign,
  type Channel,
  campaignAt,
  channel,
  fieldsOf,
  isOnItsWay,
  literal,
  Many,
  markOf,
  One,
  type Options,
  options,
  Refused,
  receiptOf,
  upload,
  withoutCommands,
} from "./api.ts";

const Lists = v.object({
  data: v.object({ results: v.array(v.object({ id: v.number(), name: v.string() })) }),
});
const LONGEST_SUBJECT = 5_000;

export const listmonk = defineAdapter({
  id: "listmonk",
  name: "listmonk",
  source: { url: "https://listmonk.app/docs/apis/campaigns/", checked: "2026-11-27" },
  group: "writing",
  shape: "mail",
  look: { mark: "Lm", light: "#7a3b8f", dark: "#d3a3e3", layout: "mail" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://listmonk.app/docs/roles-and-permissions/",
    asks: ["server", "username", "token", "lists"],
    steps: [
      "Open Admin, Users, New, choose the type API and a role that may manage and send campaigns of the lists, and upload media.",
      "Copy the token, which is shown once: that is `token`; the user's name is `username`, listmonk's address `server`.",
      "Open Lists and note the number of each list that it goes to: `lists`.",
    ],
  },
  endpoint: ({ server, username, token }) => ({
    base: `${server}/api`,
    headers: { Authorization: `token ${username}:${token}` },
  }),
  errors: [
    { status: [401, 403], code: "auth" },
    { status: 400, words: "permission denied", code: "auth" },
  ],
  own: { body: Refused },

  title: { max: LONGEST_SUBJECT, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 500_000, unit: "byte", markup: "html", tags: "none" },
  media: {
    count: 10,
    alt: 1_000,
    // What a server takes is set there.
    image: { types: ["image/png", "image/jpeg", "image/gif"], bytes: 5_000_000 },
  },
  thread: "none",
  card: "none",
  rates: [],
  // The draft is sent once; `find` looks at its state.
  idempotency: "none",
  edits: "none",
  retracts: "none",
  schedules: {
    least: "5m",
    async cancel({ id }, reach) {
      const campaign = await campaignAt(id, reach);
      if (campaign?.status !== "scheduled") return "gone";
      await reach.http({ method: "DELETE", path: `/campaigns/${id}`, ok: [404] });
      return "cancelled";
    },
  },

  check: ({ title = "", options }) =>
    !options.template && literal(title).length > LONGEST_SUBJECT
      ? { message: "the subject has too many `{{` to be written for listmonk", about: "text" }
      : undefined,

  async publish(post, context) {
    const { channel, due } = context;
    const images = await context.uploads(post, (media) => upload(media, context));
    const id = await draftOf(post, images, context);
    const json = { status: due ? "scheduled" : "running" };
    try {
      const request = { method: "PUT", path: `/campaigns/${id}/status`, json } as const;
      return receiptOf((await context.ask(request, One, "a campaign")).data, channel);
    } catch (error) {
      // What is not a draft any more is not sent again.
      if (!(error instanceof NetworkError) || error.status !== 400) throw error;
      const campaign = await campaignAt(id, context);
      if (campaign && isOnItsWay(campaign)) return receiptOf(campaign, channel);
      throw error;
    }
  },

  async find(_, context) {
    const known = await context.done<number>("draft");
    const campaign = known === undefined ? undefined : await campaignAt(known, context);
    return campaign && isOnItsWay(campaign) ? receiptOf(campaign, context.channel) : "absent";
  },

  async account({ ask, channel }) {
    const query = { per_page: "all", minimal: true };
    const { results } = (await ask({ path: "/lists", query }, Lists, "lists")).data;
    const names = channel.lists.map((id) => {
      const name = results.find((one) => one.id === id)?.name;
      if (name === undefined)
        throw new NetworkError("rejected", `there is no list with the number ${id} that this user may use`);
      return name;
    });
    const { host, origin } = new URL(channel.server);
    return {
      id: `${host} ${channel.lists.join(",")}`,
      handle: `${names.join(", ")} on ${host}`,
      url: origin,
    };
  },

  async read({ id }, reach) {
    const campaign = await campaignAt(id, reach);
    if (!campaign) return "gone";
    const { subject, body } = campaign;
    const text = shownText(withoutCommands(body ?? "")).trim();
    return { text, title: withoutCommands(subject), url: receiptOf(campaign, reach.channel).url };
  },

  metrics: oneByOne(async ({ id }, reach) => {
    const campaign = await campaignAt(id, reach);
    if (campaign) return { views: campaign.views ?? 0, clicks: campaign.clicks };
    return "gone";
  }),
});

/** One draft for each key, also if the answer to its making was lost. Gives its number. */
function draftOf(post: Post<Options>, images: readonly string[], context: Context<Channel>): Promise<number> {
  const { ask, key, due, channel } = context;
  return context.step("draft", async () => {
    const there = await draftBy(key, context);
    const json = { ...fieldsOf(post, images, channel, key), ...(due && { send_at: due.toISOString() }) };
    const made = there ?? (await ask({ method: "POST", path: "/campaigns", json }, One, "a campaign")).data;
    const path = `/campaigns/${made.id}/archive`;
    const archived = v.object({ data: v.unknown() });
    if (channel.archive) await ask({ method: "PUT", path, json: { archive: true } }, archived, "an archive");
    return made.id;
  });
}

/** Older servers call the parameter otherwise, so what comes is compared. */
async function draftBy(key: string, { ask }: Context<Channel>): Promise<Campaign | undefined> {
  const mark = markOf(key);
  const query = {
    tag: mark,
    tags: mark,
    order_by: "created_at",
    order: "desc",
    per_page: 100,
    no_body: true,
  };
  const { results } = (await ask({ path: "/campaigns", query }, Many, "campaigns")).data;
  return results.find(({ tags }) => tags?.includes(mark));
}

/** Mailchimp: a newsletter. A campaign is made and filled as a draft, known again by its key; sending it is one action, possible once. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  type Objection,
  oneByOne,
  type Post,
} from "../../adapter.ts";
import { shownText } from "../../text/likeness.ts";
import {
  Campaign,
  type Channel,
  Content,
  campaignAt,
  channel,
  contentOf,
  endpoint,
  isOnItsWay,
  LONGEST_PREVIEW,
  type Options,
  options,
  Refused,
  receiptOf,
  settingsOf,
  titleOf,
  upload,
} from "./api.ts";

const Campaigns = v.object({ campaigns: v.array(Campaign) });
const Audience = v.object({ id: v.string(), name: v.string() });
const Checklist = v.object({
  is_ready: v.boolean(),
  items: v.optional(v.array(v.object({ type: v.string(), heading: v.string(), details: v.string() })), []),
});
const Report = v.object({
  opens: v.object({ unique_opens: v.optional(v.number()) }),
  clicks: v.object({ unique_clicks: v.optional(v.number()) }),
});
const PAGE = 100;
// Who makes the campaigns may have another clock than who lists them.
const MARGIN = 3_600_000;

export const mailchimp = defineAdapter({
  id: "mailchimp",
  name: "Mailchimp",
  source: { url: "https://mailchimp.com/developer/marketing/api/campaigns/", checked: "2026-11-27" },
  api: { version: "3.0" },
  group: "writing",
  shape: "mail",
  look: { mark: "Mc", light: "#6b5a00", dark: "#e8d26a", layout: "mail" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://mailchimp.com/help/about-api-keys/",
    asks: ["api_key", "list", "from_name", "reply_to"],
    steps: [
      "Open Profile, Extras, API keys, choose Create A Key, and copy it: that is `api_key`.",
      "Open Audience, Settings, Audience name and defaults, and copy the audience's id: that is `list`.",
      "`reply_to` is an address of a domain that is verified under Website, Domains; `from_name` is who readers see.",
    ],
  },
  endpoint,
  // What throttles does not always answer in JSON; then its outcome is looked up.
  errors: [{ status: 403, words: /<html|<!doctype|no explanation/i, code: "limited" }],
  own: { body: Refused },

  title: { max: 150, unit: "utf16", markup: "plain", line: true, required: true },
  text: { max: 500_000, unit: "byte", markup: "html", tags: "none" },
  media: {
    count: 10,
    alt: 1_000,
    image: { types: ["image/png", "image/jpeg", "image/gif"], bytes: 5_000_000 },
  },
  thread: "none",
  card: "none",
  // Ten connections at a time are allowed, and no number of requests is told.
  rates: [],
  idempotency: "none",
  edits: "none",
  retracts: "none",

  check({ text, title = "", summary = "", options }) {
    const found: Objection[] = [];
    if (!options.merge_tags && `${title}${text}${summary}`.includes("*|"))
      found.push({
        message: "`*|` begins a merge tag at Mailchimp, and would not be read as it is written",
        remedy: "Write it otherwise, or set `options: { mailchimp: { merge_tags: true } }` if it is meant.",
      });
    if (summary.length > LONGEST_PREVIEW)
      found.push({
        message: `the summary has ${summary.length} characters, and the line that an inbox shows takes ${LONGEST_PREVIEW}`,
        remedy: "Shorten `summary`.",
      });
    return found;
  },

  async publish(post, context) {
    const images = await context.uploads(post, (media) => upload(media, context));
    const draft = await draftOf(post, context);
    if (!isOnItsWay(draft)) await fill(draft, post, images, context);
    const path = `/campaigns/${draft.id}/actions/send`;
    try {
      const { status, text } = await context.http({ method: "POST", path });
      // No content is what success looks like.
      if (status === 204 && text === "") return receiptOf(draft);
    } catch (error) {
      // What is not a draft any more is not sent again.
      if (!(error instanceof NetworkError) || error.status !== 400) throw error;
      const campaign = await campaignAt(draft.id, context);
      if (campaign && isOnItsWay(campaign)) return receiptOf(campaign);
      throw error;
    }
    throw new NetworkError("uncertain", "answered otherwise than by taking the campaign");
  },

  async find(_, context) {
    const known = await context.done<Campaign>("draft");
    const campaign = known && (await campaignAt(known.id, context));
    return campaign && isOnItsWay(campaign) ? receiptOf(campaign) : "absent";
  },

  async account({ ask, channel }) {
    const { id, name } = await ask({ path: `/lists/${channel.list}` }, Audience, "an audience");
    return { id, handle: `${channel.from_name} to ${name}` };
  },

  async read({ id }, reach) {
    const campaign = await campaignAt(id, reach);
    if (!campaign) return "gone";
    const { html } = await reach.ask({ path: `/campaigns/${id}/content` }, Content, "a content");
    const body = /<body[^>]*>(.*)<\/body>/is.exec(html)?.[1] ?? html;
    return {
      text: shownText(body).trim(),
      ...(campaign.settings?.subject_line && { title: campaign.settings.subject_line }),
      ...(receiptOf(campaign).url && { url: receiptOf(campaign).url }),
    };
  },

  metrics: oneByOne(async ({ id }, { http }) => {
    const reply = await http({ path: `/reports/${id}`, ok: [404] });
    if (reply.status === 404) return "gone";
    const { opens, clicks } = expectReply(reply, Report, "a report", true);
    return { views: opens.unique_opens ?? 0, clicks: clicks.unique_clicks };
  }),
});

/** One draft for each key, also if the answer to its making was lost. */
function draftOf(post: Post<Options>, context: Context<Channel>): Promise<Campaign> {
  const { ask, key, channel } = context;
  return context.step("draft", async () => {
    const json = settingsOf(post, channel, key);
    const there = await draftBy(titleOf(post, key), context);
    return there ?? (await ask({ method: "POST", path: "/campaigns", json }, Campaign, "a campaign"));
  });
}

/** Looked for among the audience's campaigns since the first attempt. */
async function draftBy(title: string, context: Context<Channel>): Promise<Campaign | undefined> {
  const { ask, startedAt, channel } = context;
  const since = new Date(startedAt.getTime() - MARGIN).toISOString();
  const list = everyItem(async (from = "0") => {
    const query = { list_id: channel.list, since_create_time: since, count: PAGE, offset: from };
    const { campaigns } = await ask({ path: "/campaigns", query }, Campaigns, "campaigns");
    return { items: campaigns, next: campaigns.length === PAGE ? String(Number(from) + PAGE) : undefined };
  });
  for await (const campaign of list) if (campaign.settings?.title === title) return campaign;
  return undefined;
}

/** The content, which replaces what was there; and Mailchimp's own word that the campaign can be sent. */
function fill(
  { id }: Campaign,
  post: Post<Options>,
  images: readonly string[],
  { ask, step }: Context<Channel>,
): Promise<boolean> {
  return step("content", async () => {
    const path = `/campaigns/${id}/content`;
    await ask({ method: "PUT", path, json: contentOf(post, images) }, Content, "a content");
    const list = await ask({ path: `/campaigns/${id}/send-checklist` }, Checklist, "a checklist");
    if (list.is_ready) return true;
    const wrong = list.items
      .filter(({ type }) => type === "error")
      .map(({ heading, details }) => `${heading}: ${details}`);
    throw new NetworkError(
      "rejected",
      `Mailchimp would not send it: ${wrong.join("; ") || "it does not say why"}`,
    );
  });
}

/** Microsoft Teams, by the webhook of a workflow: an Adaptive Card in a channel or a chat. */
import * as v from "valibot";
import { defineAdapter, NetworkError, type Objection, type Post } from "../adapter.ts";
import { secret, text } from "../settings.ts";

// Hosts that Microsoft has switched off: connectors, and the workflows' old addresses.
const RETIRED =
  /^https:\/\/([^/]+\.)?(webhook\.office\.com|outlook\.office\.com|logic\.azure\.com)(:\d+)?\//i;

const channel = v.strictObject({
  webhook: v.pipe(
    secret("URL of the workflow “When a Teams webhook request is received”"),
    v.regex(/^https?:\/\/\S+$/i, "is not a workflow's URL, https://…"),
    v.check(
      (address) => !RETIRED.test(address),
      "is an address that Microsoft has switched off: make a workflow, and copy its new URL",
    ),
  ),
});

const options = v.strictObject({
  button: v.optional(
    v.pipe(
      text("A button below the card that opens the campaign's link: its words"),
      v.maxLength(100, "is longer than 100"),
    ),
  ),
  wide: v.optional(v.pipe(v.boolean(), v.description("The card takes the whole width of the channel"))),
});

type Options = v.InferOutput<typeof options>;

const Refused = v.object({ error: v.object({ code: v.string(), message: v.string() }) });

// The connector's "approximately 28 KB", for everything that is posted.
const PAYLOAD_MAX = 28_000;

export const teams = defineAdapter({
  id: "teams",
  name: "Microsoft Teams",
  source: {
    url: "https://learn.microsoft.com/en-us/connectors/teams/#limitations-for-posting-messages",
    checked: "2026-11-23",
  },
  group: "team",
  shape: "chat",
  look: { mark: "Te", light: "#4b4f9e", dark: "#aeb1f5", layout: "card" },

  channel,
  options,
  auth: {
    kind: "webhook",
    url: "https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams",
    steps: [
      "In Teams, open the channel's menu (…) and choose Workflows.",
      "Choose “Send webhook alerts to a channel”, name it, and pick the team and the channel.",
      "Copy the URL that is shown at the end: that is `webhook`, whole and as it is.",
      "Add a second owner in Power Automate: a workflow stops when the only person who owns it leaves.",
    ],
  },
  own: { body: Refused },

  // What a card holds beside its words counts too; `check` measures the whole.
  text: { max: 20_000, unit: "byte", markup: "card", tags: "none" },
  // A card shows pictures from public addresses only.
  media: "none",
  thread: "sequence",
  card: "none",
  // The old webhooks took four a second; a workflow's own limits depend on the plan that pays for it.
  rates: [{ posts: 1, per: "1s" }],
  idempotency: "none",
  // A workflow tells no id.
  edits: "none",
  retracts: "none",

  check(post) {
    const found: Objection[] = [];
    const bytes = Buffer.byteLength(JSON.stringify(payloadOf(post)));
    if (bytes > PAYLOAD_MAX)
      found.push({
        message: `the card has ${bytes} bytes with all that makes it one; ${PAYLOAD_MAX} fit`,
        remedy: "Shorten it, or begin a second post with `---` on a line of its own.",
      });
    if (post.options.button && !post.link)
      found.push({
        message: "`button` opens the campaign's link, and there is none",
        remedy: "Give the campaign a `link`, or leave `button` out.",
        about: "options",
      });
    return found;
  },

  async publish(post, { channel, http, thread }) {
    const json = payloadOf(post, thread === undefined);
    const { status, text } = await http({ method: "POST", url: channel.webhook, json });
    // The trigger's own answer. The card is posted a moment later, and Teams does not say whether it was.
    if (status === 202 && text.trim() === "") return { id: "" };
    throw new NetworkError(
      "uncertain",
      `answered ${status} and not 202, which a workflow that began answers`,
      { status },
    );
  },

  async account() {
    // Nothing can be asked without posting.
    return { id: "", handle: "workflow" };
  },

  classify({ status, body }) {
    const refusal = v.safeParse(Refused, body);
    if (!refusal.success) return undefined;
    const { code, message } = refusal.output.error;
    const words = `${code}: ${message}`;
    if (status === 401 || status === 403 || status === 404) return { code: "auth", message: words };
    if (status === 429) return { code: "limited", message: words };
    return status < 500 ? { code: "rejected", message: words } : undefined;
  },
});

/** `isFirst`: the button is on the first post, which has the link. */
function payloadOf({ text, blocks, link, lang, options }: Post<Options>, isFirst = true) {
  const { button, wide } = options;
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    ...(lang && { lang: lang.split("-")[0] }),
    body: blocks ?? [{ type: "TextBlock", text, wrap: true }],
    ...(button && link && isFirst && { actions: [{ type: "Action.OpenUrl", title: button, url: link.url }] }),
    ...(wide && { msteams: { width: "Full" } }),
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content: card }] };
}

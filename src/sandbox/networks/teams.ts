/**
 * A workflow that posts what its webhook gets to a channel of Microsoft Teams: the Teams connector's "Limitations for posting
 * messages", and the schema of Adaptive Cards 1.5. Read 2026-11-26. The real trigger takes any JSON and fails where nobody sees
 * it; here a card that could not be posted is refused, or a rehearsal would say nothing.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { utf8 } from "../count.ts";
import { anchor, escapeHtml } from "../html.ts";
import { channelOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxReply } from "../network.ts";

const ID = "teams";
const MAX = 28_000;
const HOOK = "/powerautomate/automations/direct/workflows/:flow/triggers/manual/paths/invoke";

type Fields = Record<string, unknown>;
type Call = SomeCall<{ count: number }, string>;

export const teams: SandboxNetwork = {
  id: ID,
  name: "Microsoft Teams",
  look: { light: "#4f52b2", dark: "#a6a7f0", mark: "T", layout: "message", alt: true },
  ways: [{ name: "webhook", lookUp: "none", threads: true, answers: "headers", ids: "none" }],
  channel: (name, base) => ({
    webhook: `${base}${HOOK.replace(":flow", "sandbox")}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=sandbox-${name}`,
  }),
  publishes: isOneOf(`POST ${HOOK}`),
  handle: api<{ count: number }, string>({
    id: ID,
    state: () => ({ count: 0 }),
    auth({ query, params }) {
      const room = channelOf(query.get("sig") ?? undefined);
      if (params.flow !== "sandbox")
        throw refuse(404, "WorkflowNotFound", "The workflow could not be found.");
      if (room === undefined || !query.has("sp") || !query.has("sv"))
        throw refuse(401, "AuthorizationFailed", "The authentication credentials are not valid.");
      return room;
    },
    expired: () => said(401, "AuthorizationFailed", "The authentication credentials are not valid."),
    // The retired connectors' number; the flow's own is not documented for all plans.
    windows: { posts: [{ posts: 4, ms: 1_000 }] },
    limited: () => said(429, "WorkflowRunsThrottled", "Too many requests."),
    malformed: () => said(400, "InvalidRequestContent", "The request content is not valid JSON."),
    unknown: ({ path }) =>
      path.startsWith("/powerautomate/") ? said(404, "NotFound", "Not found.") : undefined,
    routes: { [`POST ${HOOK}`]: post },
  }),
};

function post(call: Call): SandboxReply {
  const { request, state, world } = call;
  const room = call.who();
  const fields = call.fields();
  const bytes = utf8(request.body.toString("utf8"));
  if (bytes > MAX) throw refuse(413, "RequestEntityTooLarge", "The request entity is too large.");
  if (call.body().type !== "json" || fields.type !== "message")
    throw bad('the trigger\'s schema wants type "message"');
  const [attachment, ...more] = Array.isArray(fields.attachments) ? (fields.attachments as Fields[]) : [];
  if (!attachment || more.length > 0) throw bad("one attachment per post");
  if (attachment.contentType !== "application/vnd.microsoft.card.adaptive")
    throw bad("contentType of the attachment");
  const card = (attachment.content ?? {}) as Fields;
  if (card.type !== "AdaptiveCard") throw bad("Property 'type' must be 'AdaptiveCard'");
  if (!/^1\.[0-5]$/.test(String(card.version))) throw bad("version of the card");
  allowed(card, CARD);
  const body = listOf(card.body);
  const actions = listOf(card.actions);
  for (const element of body) check(element);
  for (const action of actions) {
    if (action.type !== "Action.OpenUrl" || !/^https?:\/\//.test(String(action.url))) throw bad("an action");
    allowed(action, [
      "type",
      "url",
      "title",
      "iconUrl",
      "id",
      "style",
      "fallback",
      "tooltip",
      "isEnabled",
      "mode",
      "requires",
    ]);
  }
  if (body.length === 0) throw bad("an empty card");
  call.take("posts", room);
  state.count++;
  const id = `${room}-${state.count}`;
  world.accept({
    network: ID,
    account: `Workflows in ${room}`,
    id,
    url: `${world.base(ID)}/${room}/${state.count}`,
    at: world.now(),
    text: wordsOf(body).join("\n"),
    html: body.map(html).join("") + actions.map(button).join(""),
    media: [],
    length: bytes,
    max: MAX,
    ...((card.msteams as Fields | undefined)?.width === "Full" && { notes: ["whole width"] }),
  });
  return { status: 202 };
}

const CARD = [
  ..."type version refresh authentication body actions selectAction fallbackText backgroundImage minHeight rtl speak lang".split(
    " ",
  ),
  ..."verticalContentAlignment $schema msteams".split(" "),
];
const COMMON = "type fallback height separator spacing id isVisible requires".split(" ");
// Of the elements that may be in a body, those that the sandbox draws, and what each may hold.
const ELEMENTS: Record<string, { needs: string; may: string[] }> = {
  TextBlock: {
    needs: "text",
    may: "text color fontType horizontalAlignment isSubtle maxLines size weight wrap style".split(" "),
  },
  RichTextBlock: { needs: "inlines", may: ["inlines", "horizontalAlignment"] },
  Container: {
    needs: "items",
    may: "items selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl".split(" "),
  },
  ColumnSet: {
    needs: "columns",
    may: "columns selectAction style bleed minHeight horizontalAlignment".split(" "),
  },
  Column: {
    needs: "items",
    may: "items backgroundImage bleed minHeight rtl selectAction style verticalContentAlignment width".split(
      " ",
    ),
  },
  Image: {
    needs: "url",
    may: "url altText backgroundColor horizontalAlignment selectAction size style width".split(" "),
  },
};
const CHOICES: Record<string, RegExp> = {
  size: /^(default|small|medium|large|extraLarge|auto|stretch)$/i,
  weight: /^(default|lighter|bolder)$/i,
  fontType: /^(default|monospace)$/i,
};

function check(element: Fields): void {
  const known = ELEMENTS[String(element.type)];
  if (!known) throw bad(`an element of the type ${element.type}`);
  allowed(element, [...COMMON, ...known.may]);
  if (element[known.needs] === undefined) throw bad(`${element.type} without ${known.needs}`);
  for (const [name, rule] of Object.entries(CHOICES))
    if (element[name] !== undefined && !rule.test(String(element[name])))
      throw bad(`${name} of a ${element.type}`);
  if (element.type === "TextBlock" && typeof element.text !== "string") throw bad("text of a TextBlock");
  for (const child of [...listOf(element.items), ...listOf(element.columns)]) check(child);
}

function allowed(object: Fields, names: string[]): void {
  const strange = Object.keys(object).find((name) => !names.includes(name));
  if (strange !== undefined) throw bad(`${object.type} has no property ${strange}`);
}

function html(element: Fields): string {
  switch (element.type) {
    case "TextBlock": {
      const words = markdownHtml(String(element.text).replace(/\r/g, "\n"), CARD_MARKDOWN);
      if (element.style === "heading") return words.replace(/^<p>(.*)<\/p>$/s, "<h3>$1</h3>");
      return /bolder/i.test(String(element.weight))
        ? words.replace(/^<p>(.*)<\/p>$/s, "<p><strong>$1</strong></p>")
        : words;
    }
    case "RichTextBlock":
      return `<pre>${listOf(element.inlines)
        .map((run) => escapeHtml(String(run.text ?? run)))
        .join("")}</pre>`;
    case "Image":
      return `<p><i>${escapeHtml(String(element.altText ?? element.url))}</i></p>`;
    case "Container": {
      const inner = listOf(element.items).map(html).join("");
      return element.style === "emphasis" ? `<blockquote>${inner}</blockquote>` : inner;
    }
    case "ColumnSet":
      return `<table><tr>${listOf(element.columns)
        .map((column) => `<td>${listOf(column.items).map(html).join("")}</td>`)
        .join("")}</tr></table>`;
    default:
      return "";
  }
}

// Bold, italics, links and lists; headings, quotes, code and tables are shown as they were typed.
const CARD_MARKDOWN = { tables: false, images: false, blocks: "lists" } as const;

function button({ title, url }: Fields): string {
  return `<p>${anchor(String(url), escapeHtml(String(title ?? url)))}</p>`;
}

function wordsOf(elements: Fields[]): string[] {
  return elements.flatMap((element) => [
    ...(typeof element.text === "string" ? [element.text.replace(/\r/g, "\n")] : []),
    ...wordsOf([...listOf(element.items), ...listOf(element.columns), ...listOf(element.inlines)]),
  ]);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function said(status: number, code: string, message: string): SandboxReply {
  return { status, body: { error: { code, message } } };
}

function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}

function bad(what: string): Error {
  return refuse(400, "BadRequest", `The flow would fail: ${what}.`);
}

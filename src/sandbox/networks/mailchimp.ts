/**
 * Mailchimp's Marketing API 3.0: https://mailchimp.com/developer/marketing/api/ (campaigns, campaign content, send checklist, actions,
 * file manager, lists, reports). Read 2026-11-27.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { text } from "../body.ts";
import { codePoints, utf8 } from "../count.ts";
import { channelOf, sha256 } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply } from "../network.ts";
import { sanitise } from "../sanitise.ts";
import { sniff } from "../sniff.ts";

const ID = "mailchimp";

interface Campaign {
  id: string;
  account: string;
  list: string;
  title: string;
  subject: string;
  preview: string;
  status: string;
  html: string;
  plain: string;
  madeAt: number;
}

interface State {
  campaigns: Campaign[];
  /** By address. */
  files: Map<string, { type: string; bytes: Buffer }>;
}

type Call = SomeCall<State, string>;

const listOf = (account: string) => sha256(`list ${account}`).toString("hex").slice(0, 10);

export const mailchimp: SandboxNetwork = {
  id: ID,
  name: "Mailchimp",
  look: { light: "#6b5a00", dark: "#e8d26a", mark: "MC", layout: "article", alt: true },
  ways: [{ name: "key", title: "Acme 2.4", media: { counts: [1, 2], before: true }, answers: "headers" }],
  channel: (name, base) => ({
    server: base,
    // What is behind the last hyphen says where the account is.
    api_key: `${Buffer.from(`sandbox-${name}`).toString("hex")}-us21`,
    list: listOf(name),
    from_name: "Acme",
    reply_to: "news@acme.example",
  }),
  publishes: isOneOf("POST /3.0/campaigns/:id/actions/send"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ campaigns: [], files: new Map() }),
    auth({ request }) {
      const [, basic = ""] = /^Basic (.+)$/.exec(String(request.headers.authorization ?? "")) ?? [];
      const [, key = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
      const account = channelOf(Buffer.from(key.replace(/-us21$/, ""), "hex").toString("utf8"));
      if (account === undefined || !key.endsWith("-us21")) throw refuse(401, "API Key Invalid", INVALID);
      return account;
    },
    expired: () => said(401, "API Key Invalid", INVALID),
    windows: { requests: [{ posts: 600, ms: 60_000 }] },
    always: { window: "requests", account: (account) => account },
    limited: () =>
      said(429, "Too Many Requests", "You have exceeded the limit of 10 simultaneous connections."),
    malformed: () => said(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error."),
    unknown: ({ path }) =>
      path.startsWith("/3.0/")
        ? said(404, "Resource Not Found", "The requested resource could not be found.")
        : undefined,
    routes: {
      "GET /3.0/lists/:id": (call) => {
        if (call.params.id !== listOf(call.who())) throw notFound();
        return ok({ id: call.params.id, name: `${call.who()}'s readers`, stats: { member_count: 2 } });
      },
      "POST /3.0/file-manager/files": upload,
      "GET /3.0/campaigns": (call) => {
        const since = Date.parse(call.query.get("since_create_time") ?? "1970-01-01");
        const list = call.query.get("list_id");
        const from = Number(call.query.get("offset") ?? 0);
        const count = Number(call.query.get("count") ?? 10);
        if (count > 1_000) throw refuse(400, "Invalid Resource", "Count is at most 1000.");
        const found = own(call).filter((one) => one.madeAt > since && (list === null || one.list === list));
        const campaigns = found.slice(from, from + count).map((one) => entityOf(one, call));
        return ok({ campaigns, total_items: found.length });
      },
      "POST /3.0/campaigns": create,
      "GET /3.0/campaigns/:id": (call) => ok(entityOf(campaignOf(call), call)),
      "GET /3.0/campaigns/:id/content": (call) => {
        const { html, plain } = campaignOf(call);
        return ok({ html, plain_text: plain, archive_html: html });
      },
      "PUT /3.0/campaigns/:id/content": (call) => {
        const campaign = campaignOf(call);
        if (campaign.status !== "save") throw refuse(400, "Bad Request", "This campaign can not be edited.");
        campaign.html = text(call.fields().html) ?? "";
        campaign.plain = text(call.fields().plain_text) ?? "";
        return ok({ html: campaign.html, plain_text: campaign.plain, archive_html: campaign.html });
      },
      "GET /3.0/campaigns/:id/send-checklist": (call) => {
        const wrong = missingIn(campaignOf(call));
        return ok({
          is_ready: wrong.length === 0,
          items: wrong.map((heading, id) => ({ type: "error", id, heading, details: "It is missing." })),
        });
      },
      "POST /3.0/campaigns/:id/actions/send": (call) => {
        const campaign = campaignOf(call);
        if (campaign.status !== "save" || missingIn(campaign).length > 0)
          throw refuse(
            400,
            "Bad Request",
            "Your Campaign is not ready to send. Please review the issues in the send checklist.",
          );
        campaign.status = "sending";
        call.world.accept(shown(campaign, call));
        return { status: 204 };
      },
      "GET /3.0/reports/:id": (call) => {
        const { id, status } = campaignOf(call);
        if (status === "save") throw notFound();
        return ok({
          id,
          opens: { opens_total: 0, unique_opens: 0 },
          clicks: { clicks_total: 0, unique_clicks: 0 },
        });
      },
    },
  }),
};

const INVALID = "Your API key may be invalid, or you've attempted to access the wrong datacenter.";

function own(call: Call): Campaign[] {
  return call.state.campaigns.filter(({ account }) => account === call.who());
}

function campaignOf(call: Call): Campaign {
  const campaign = own(call).find(({ id }) => id === call.params.id);
  if (!campaign) throw notFound();
  return campaign;
}

function missingIn({ subject, html }: Campaign): string[] {
  return [...(subject === "" ? ["Subject"] : []), ...(html === "" ? ["Content"] : [])];
}

function upload(call: Call): SandboxReply {
  call.who();
  const { name, file_data } = call.fields();
  const bytes = Buffer.from(text(file_data) ?? "", "base64");
  const type = sniff(bytes);
  if (!text(name) || !type?.startsWith("image/"))
    throw refuse(400, "Invalid Resource", "The resource submitted could not be validated.");
  const digest = sha256(bytes).toString("hex").slice(0, 12);
  const url = `${call.world.base(ID)}/gallery/${digest}/images/${text(name)}`;
  call.state.files.set(url, { type, bytes });
  return ok({ id: call.state.files.size, name, full_size_url: url });
}

function create(call: Call): SandboxReply {
  const account = call.who();
  const { type, recipients, settings } = call.fields();
  const { list_id } = (recipients ?? {}) as Record<string, unknown>;
  const given = (settings ?? {}) as Record<string, unknown>;
  const words = (name: string) => text(given[name]) ?? "";
  if (type !== "regular")
    throw refuse(400, "Invalid Resource", "Data presented is not one of the accepted values.");
  if (list_id !== listOf(account)) throw refuse(400, "Invalid Resource", "List does not exist.");
  if (!/^\S+@\S+$/.test(words("reply_to")))
    throw refuse(400, "Invalid Resource", "reply_to: This value is not a valid email.");
  if (codePoints(words("subject_line")) > 150)
    throw refuse(400, "Invalid Resource", "subject_line: This value is too long.");
  const campaign: Campaign = {
    ...{ id: sha256(`${account} ${call.state.campaigns.length}`).toString("hex").slice(0, 10), account },
    ...{
      list: list_id,
      title: words("title"),
      subject: words("subject_line"),
      preview: words("preview_text"),
    },
    ...{ status: "save", html: "", plain: "", madeAt: call.world.now() },
  };
  call.state.campaigns.push(campaign);
  return ok(entityOf(campaign, call));
}

const archiveOf = ({ account, id }: Campaign, call: Call) => `${call.world.base(ID)}/${account}/?id=${id}`;

function entityOf(campaign: Campaign, call: Call) {
  const { id, status, title, subject, preview, list, madeAt } = campaign;
  return {
    ...{ id, type: "regular", status, create_time: new Date(madeAt).toISOString() },
    ...{ archive_url: archiveOf(campaign, call), long_archive_url: archiveOf(campaign, call) },
    recipients: { list_id: list },
    settings: { title, subject_line: subject, preview_text: preview },
  };
}

function shown(campaign: Campaign, call: Call): SandboxPost {
  const { id, account, subject, preview, html } = campaign;
  const body = /<body>\n?(.*)<\/body>/is.exec(html)?.[1] ?? html;
  const pictures = [...body.matchAll(/<p><img src="([^"]*)" alt="([^"]*)"[^>]*><\/p>\n?/g)];
  const words = body.replace(/<p><img src="[^"]*"[^>]*><\/p>\n?/g, "").trim();
  return {
    ...{
      network: ID,
      account: `${account}'s readers`,
      id,
      url: archiveOf(campaign, call),
      at: call.world.now(),
    },
    title: subject,
    text: words,
    html: sanitise(words),
    media: pictures.flatMap(([, src = "", alt = ""]) => {
      const file = call.state.files.get(src);
      return file ? [{ ...file, alt }] : [];
    }),
    length: utf8(words),
    max: 0,
    notes: preview ? [`preview ${preview}`] : [],
  };
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, title: string, detail: string): SandboxReply {
  const type = "https://mailchimp.com/developer/marketing/docs/errors/";
  return {
    status,
    headers: { "content-type": "application/problem+json; charset=utf-8" },
    body: { type, title, status, detail, instance: "995c5cb0-3280-4a6e-808b-3b096d0bb219" },
  };
}

function refuse(status: number, title: string, detail: string): Error {
  return refusal(said(status, title, detail));
}

function notFound(): Error {
  return refuse(404, "Resource Not Found", "The requested resource could not be found.");
}

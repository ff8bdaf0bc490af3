/**
 * The library: what other programs may import. The command does its work with the same functions.
 *
 * @example
 * import { openProject, plan, send } from "broadcast-cli";
 * const project = await openProject({ near: "campaigns/release.yml" });
 * const planned = await plan("campaigns/release.yml", project);
 */

import type { Adapter } from "./adapter.ts";
import { planCampaign, readCampaign } from "./app/plan.ts";
import { allAdapters, builtIn, openProject, type Project } from "./app/project.ts";
import type { SendOptions, Sent } from "./app/send.ts";
import type { Campaign } from "./campaign/campaign.ts";
import { InputError } from "./errors.ts";
import type { Plan } from "./plan/types.ts";
import { quoted } from "./report/shell.ts";
import type { Measured, RenderContext, Rendered } from "./text/types.ts";

export {
  type Account,
  type Adapter,
  type Auth,
  type Card,
  type Connection,
  type Context,
  defineAdapter,
  type Edits,
  type Endpoint,
  type ErrorRule,
  everyItem,
  expectReply,
  type Found,
  type Group,
  type Limits,
  type Media,
  type MediaRules,
  type Metrics,
  type Money,
  nameOf,
  type Objection,
  type Own,
  oneByOne,
  type Part,
  type Poll,
  type PollRules,
  type Post,
  type PostReply,
  type Preparation,
  type Rate,
  type Reach,
  type Receipt,
  type Refusal,
  type Retracts,
  type Schedules,
  type Source,
  type Standing,
  tooMuch,
  unlessGone,
} from "./adapter.ts";
export type { Edit, Edited, EditOptions } from "./app/edit.ts";
export { openProject, type Project, type ProjectOptions } from "./app/project.ts";
export type { Retracted, Retraction, RetractOptions } from "./app/retract.ts";
export type { SendEvent, SendOptions, Sent } from "./app/send.ts";
export { ApprovalError } from "./approval/error.ts";
export type { Campaign } from "./campaign/campaign.ts";
export {
  CredentialError,
  type ErrorCode,
  EXIT,
  InputError,
  NetworkError,
  type Place,
  type Problem,
  type ProblemCode,
} from "./errors.ts";
export type { Http, HttpRequest, Reply } from "./http/http.ts";
export type { Delivery, History, State } from "./ledger/types.ts";
export type { Plan, PlannedDelivery, PlannedPost } from "./plan/types.ts";
export type {
  Look,
  SandboxNetwork,
  SandboxReply,
  SandboxRequest,
  World,
} from "./sandbox/network.ts";
export { base, path, secret, text, url } from "./settings.ts";
export type { Entity, Handle, Measured, RenderContext, Rendered, TextRules, Unit } from "./text/types.ts";

/** Reads and checks a campaign with its project. Throws `InputError` with every problem found. */
export async function loadCampaign(file: string, project?: Project): Promise<Campaign> {
  return (await readCampaign(file, project ?? (await openProject({ near: file })))).campaign;
}

/** Plans a campaign: the finished posts of every channel, their lengths, problems and the digest. Sends nothing. */
export async function plan(file: string, project?: Project): Promise<Plan> {
  return (await planCampaign(file, project ?? (await openProject({ near: file })))).plan;
}

/** The campaign as its readers will see it: a page in one file that asks the network for nothing. Sends nothing. */
export async function previewPage(file: string, project?: Project): Promise<string> {
  const { previewOf } = await import("./app/preview-page.ts");
  const home = project ?? (await openProject({ near: file }));
  return (await previewOf({ file }, home, { command: `broadcast preview ${quoted(file)} --open` })).page;
}

/**
 * Sends a campaign (a path), or a plan made before, exactly once. The plan's digest, its accounts
 * and audiences, credentials, leaked secrets and approvals are always checked, by the code that the command uses. Throws
 * `InputError`, `CredentialError` or `ApprovalError` before anything is sent. Default project: the campaign's.
 */
export async function send(
  source: string | Plan,
  project?: Project,
  options: SendOptions = {},
): Promise<Sent> {
  const home = project ?? (await openProject(typeof source === "string" ? { near: source } : {}));
  const { send: sendIn } = await import("./app/send.ts");
  return sendIn(source, home, options);
}

/** One round of `broadcast run`: everything that is due in these files and folders, and in the ledger. */
export const run: App["run"] = async (...given) => (await import("./app/run.ts")).run(...given);

/** Tries failed deliveries again; without names, all of them. */
export const retry: App["retry"] = async (...given) => (await import("./app/retry.ts")).retry(...given);

/** Settles a held delivery as a person decides: it is out, it is sent again, or it is cancelled. */
export const resolve: App["resolve"] = async (...given) =>
  (await import("./app/resolve.ts")).resolve(...given);

/** Takes back what is scheduled, here and at the networks that publish by themselves. */
export const cancel: App["cancel"] = async (...given) => (await import("./app/cancel.ts")).cancel(...given);

/** Corrects what is out: puts the difference between it and the campaign into the posts, where the networks allow it. */
export const edit: App["edit"] = async (...given) => (await import("./app/edit.ts")).edit(...given);

/** Takes back what is out, and cancels what only waits. */
export const retract: App["retract"] = async (...given) =>
  (await import("./app/retract.ts")).retract(...given);

/** Reads back what is out, and compares it with what was sent. */
export const verify: App["verifyPosts"] = async (...given) =>
  (await import("./app/verify-posts.ts")).verifyPosts(...given);

/** How what is out fares, as far as the networks tell; kept in the ledger as a series. */
export const stats: App["stats"] = async (...given) => (await import("./app/stats.ts")).stats(...given);

/** What people answered. Their words are kept only as long as broadcast.yml says. */
export const replies: App["replies"] = async (...given) =>
  (await import("./app/replies.ts")).replies(...given);

/** Answers somebody, or goes on below one of our posts, exactly once. */
export const reply: App["reply"] = async (...given) => (await import("./app/reply.ts")).reply(...given);

/** What was said where, newest first. */
export const history: App["history"] = async (...given) =>
  (await import("./app/history.ts")).history(...given);

/** Freezes channels, or all of them: nothing new leaves until `resume`. */
export const pause: App["pause"] = async (...given) => (await import("./app/pause.ts")).pause(...given);

/** Ends pauses. */
export const resume: App["resume"] = async (...given) => (await import("./app/pause.ts")).resume(...given);

/** What the ledger holds. Changes nothing. */
export const status: App["status"] = async (...given) => (await import("./app/status.ts")).status(...given);

/** Approves a plan, bound to its digest. */
export const approve: App["approve"] = async (...given) =>
  (await import("./app/approve.ts")).approve(...given);

/** Approves all that a campaign's feed will say, where the policy has `approve_source`. */
export const approveSource: App["approveSource"] = async (...given) =>
  (await import("./app/approve-source.ts")).approveSource(...given);

type App = typeof import("./app/approve.ts") &
  typeof import("./app/approve-source.ts") &
  typeof import("./app/cancel.ts") &
  typeof import("./app/edit.ts") &
  typeof import("./app/history.ts") &
  typeof import("./app/pause.ts") &
  typeof import("./app/replies.ts") &
  typeof import("./app/reply.ts") &
  typeof import("./app/resolve.ts") &
  typeof import("./app/retract.ts") &
  typeof import("./app/retry.ts") &
  typeof import("./app/run.ts") &
  typeof import("./app/stats.ts") &
  typeof import("./app/status.ts") &
  typeof import("./app/verify-posts.ts");

/**
 * How long a text is for a network, as that network counts it. The text is taken as it is: render Markdown first. With a
 * project its plug-ins are known as well.
 */
export async function measure(
  network: string,
  text: string,
  project?: Pick<Project, "adapters">,
): Promise<Measured> {
  const adapter = await adapterOf(network, project);
  const engine = await import("./text/measure.ts");
  return engine.measure({ text, entities: [] }, adapter.text);
}

/** A Markdown text in a network's own form. With a project its plug-ins are known as well. */
export async function render(
  network: string,
  markdown: string,
  context?: RenderContext,
  project?: Pick<Project, "adapters">,
): Promise<Rendered> {
  const adapter = await adapterOf(network, project);
  const { parse } = await import("./text/markdown.ts");
  const engine = await import("./text/render.ts");
  await engine.loadDialects([adapter.text.markup]);
  return engine.render(parse(markdown), adapter.text.markup, context);
}

async function adapterOf(network: string, project?: Pick<Project, "adapters">): Promise<Adapter> {
  const adapters = await allAdapters(project ?? { adapters: await builtIn([]) });
  const adapter = adapters.get(network);
  if (adapter) return adapter;
  throw new InputError({
    severity: "error",
    code: "unknown-network",
    message: `there is no network \`${network}\``,
    remedy: `Known are ${[...adapters.keys()].join(", ")}.`,
  });
}

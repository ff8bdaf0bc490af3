/** What is out, scheduled and planned, for a calendar: from the ledger and from the campaigns' files. */
import { isRecurring } from "../campaign/campaign.ts";
import { InputError, type Problem, uniqueProblems } from "../errors.ts";
import type { History } from "../ledger/types.ts";
import { plusDays } from "../pages/calendar/moments.ts";
import type { CalendarView, Entry, EntryState, Todo } from "../pages/calendar/view.ts";
import { lookOf } from "../pages/look.ts";
import { dateKey } from "../pages/time.ts";
import type { Upcoming } from "../report/schedule.ts";
import { quoted } from "../report/shell.ts";
import { approvalOfPlan, approveCommand, hasPolicy } from "./approval.ts";
import { aboutCampaigns } from "./campaign-facts.ts";
import { readLedger } from "./ledger.ts";
import { NOTICES } from "./notice.ts";
import type { PageServer } from "./page-server.ts";
import { planCampaign } from "./plan.ts";
import { allAdapters, type Project, shown } from "./project.ts";
import { timeOf } from "./read-back.ts";
import { readScheduled } from "./schedule.ts";
import { upcoming } from "./upcoming.ts";

export interface CalendarOptions {
  now: number;
  /** How far to look ahead and back, in days. */
  days?: number;
  back?: number;
  command: string;
  /** Asked for the address of a campaign's preview, where there is to be one. */
  preview?: (file: string) => Promise<string | undefined>;
}

const DAY = 86_400_000;

const STATES: Partial<Record<History["state"], EntryState>> = {
  published: "out",
  held: "held",
  failed: "failed",
  sending: "scheduled",
};

/** The page, and the same for a program. */
export async function calendarDocument(
  paths: readonly string[],
  project: Project,
  options: CalendarOptions,
): Promise<{ page: string; json: object; problems: Problem[] }> {
  const { view, problems } = await calendarOf(paths, project, options);
  const { calendarJson, calendarPage } = await import("../pages/calendar/page.ts");
  return { page: calendarPage(view), json: { ...calendarJson(view), problems }, problems };
}

/** The page, served: it is looked at anew whenever something has changed. */
export async function serveCalendar(
  paths: readonly string[],
  open: () => Promise<Project>,
  {
    port,
    onFault,
    ...options
  }: Omit<CalendarOptions, "now"> & { port?: number; onFault(message: string): void },
): Promise<PageServer> {
  const { openPageServer, versioned } = await import("./page-server.ts");
  const { calendarPage } = await import("../pages/calendar/page.ts");
  const look = async () => {
    const { view } = await calendarOf(paths, await open(), { ...options, now: Date.now() });
    return versioned(calendarPage(view, true));
  };
  return openPageServer({ look, port, onFault });
}

/** Campaigns that cannot be planned are among the problems, and left out. */
export async function calendarOf(
  paths: readonly string[],
  project: Project,
  { now, days = 60, back = 31, command, preview }: CalendarOptions,
): Promise<{ view: CalendarView; problems: Problem[] }> {
  const { config } = project;
  const [from, to] = [now - back * DAY, now + days * DAY];
  const { list, more, problems } = await upcoming(paths, project, now, to);
  const { scheduled } = await readScheduled(paths, project);
  const again = new Set(
    scheduled.filter(({ campaign }) => isRecurring(campaign)).map(({ campaign }) => campaign.id),
  );
  const past = await readLedger(
    project,
    async (ledger) => ledger.histories((await ledger.list()).map(({ id }) => id)),
    [],
  );
  const told = past.filter(
    ({ campaign }) => !campaign.startsWith(NOTICES) && !campaign.startsWith("answers/"),
  );
  const titles = await aboutCampaigns([...told, ...list], project);
  const titleOf = (campaign: string, own?: string) =>
    own ??
    titles.get(campaign)?.title ??
    campaign
      .replace(/\.ya?ml\b/, "")
      .split("/")
      .at(-1)!;
  const files = new Map(scheduled.map(({ campaign, file }) => [campaign.id, file]));
  const { todo, previews } = await aboutFiles(
    [...new Set(list.filter(isPlanned).map(({ campaign }) => campaign))],
    files,
    list,
    project,
    preview,
    titleOf,
  );
  const entries: Entry[] = [
    ...told.flatMap((history) => entryOf(history, titleOf)),
    ...list.map((one) => ({
      id: one.id,
      campaign: one.campaign,
      title: titleOf(one.campaign, one.title),
      channel: one.channel,
      at: one.due,
      state: isPlanned(one) ? ("planned" as const) : ("scheduled" as const),
      ...(again.has(one.campaign) && { recurring: true }),
      ...((one.state === "overdue" || one.state === "left") && { overdue: true }),
      ...(previews.has(one.campaign) && { href: previews.get(one.campaign) }),
    })),
  ].filter(({ at }) => at >= from);
  const adapters = await allAdapters(project);
  // Whole months are shown.
  const first = `${dateKey(from, config.timezone).slice(0, 7)}-01`;
  const last = plusDays(
    `${plusDays(`${dateKey(to, config.timezone).slice(0, 7)}-01`, 31).slice(0, 7)}-01`,
    -1,
  );
  const isUsed = (day: string) =>
    entries.some(({ at }) => dateKey(at, config.timezone).startsWith(day.slice(0, 7)));
  const nowDay = dateKey(now, config.timezone);
  return {
    problems: uniqueProblems(problems),
    view: {
      entries,
      channels: [...config.channels.values()].map(({ name, network, adapter, audience, timezone }) => ({
        name,
        network,
        look: lookOf(adapters.get(network) ?? adapter),
        audience,
        ...(timezone !== undefined && { timezone }),
      })),
      // A month in which nothing was, before this one, says nothing.
      from: Date.parse(`${isUsed(first) ? first : `${nowDay.slice(0, 7)}-01`}T12:00:00Z`),
      to: Date.parse(`${last}T12:00:00Z`),
      now,
      timezone: config.timezone,
      todo,
      isCut: more,
      command,
    },
  };
}

function isPlanned({ state }: Pick<Upcoming, "state">): boolean {
  return state !== "entered" && state !== "handed over";
}

function entryOf(history: History, titleOf: (campaign: string, own?: string) => string): Entry[] {
  const { id, campaign, channel, posts, receipts, message } = history;
  const state = STATES[history.state];
  if (state === undefined) return [];
  const url = receipts.find((one) => one.url !== undefined)?.url;
  return [
    {
      id,
      campaign,
      title: titleOf(campaign, posts[0]?.title),
      channel,
      at: state === "out" ? timeOf(history) : history.dueAt,
      state,
      ...((state === "held" || state === "failed") && message !== undefined && { trouble: message }),
      ...(url !== undefined && /^https?:\/\//i.test(url) && { href: url }),
    },
  ];
}

/** Which of the planned campaigns lack an approval, and where their previews are. */
async function aboutFiles(
  campaigns: readonly string[],
  files: ReadonlyMap<string, string>,
  list: readonly Upcoming[],
  project: Project,
  preview: CalendarOptions["preview"],
  titleOf: (campaign: string, own?: string) => string,
): Promise<{ todo: Todo[]; previews: Map<string, string> }> {
  const todo: Todo[] = [];
  const previews = new Map<string, string>();
  for (const campaign of campaigns) {
    const file = files.get(campaign);
    if (file === undefined) continue;
    const name = shown(project.cwd, file);
    const href = await preview?.(name).catch(ignoreInput);
    if (href !== undefined) previews.set(campaign, href);
    const first = list.find((one) => one.campaign === campaign);
    const words = await missingApproval(name, first?.occurrence, project).catch(ignoreInput);
    if (words === undefined) continue;
    const command = approveCommand({ file: quoted(name), occurrence: first?.occurrence });
    todo.push({ title: titleOf(campaign, first?.title), ...(first && { at: first.due }), words, command });
  }
  return { todo, previews };
}

// Its problems are told with those of the schedule.
function ignoreInput(error: unknown): undefined {
  if (error instanceof InputError) return undefined;
  throw error;
}

async function missingApproval(
  file: string,
  occurrence: string | undefined,
  project: Project,
): Promise<string | undefined> {
  if (project.rehearsal || !hasPolicy(project)) return undefined;
  const { plan } = await planCampaign(file, project, { withoutCredentials: true, occurrence });
  const { needs } = await approvalOfPlan(plan, file, project);
  const open = needs.filter(({ missing }) => missing > 0);
  if (open.length === 0) return undefined;
  const { requirement } = await import("../approval/require.ts");
  return `${open.map(({ rule }) => requirement(rule)).join(", and ")} ${open.length > 1 || open[0]!.rule.approvals > 1 ? "are" : "is"} needed`;
}

/**
 * The preview on this computer, while one writes and signs off. Who may do what is decided where it is for the command: here
 * is only what a page adds, that every post was read as it stands there.
 */
import { InputError, usageError } from "../errors.ts";
import type { Desk } from "../pages/preview/view.ts";
import type { Plan } from "../plan/types.ts";
import type { PlanRef } from "../report/shell.ts";
import { approve } from "./approve.ts";
import { openPageServer, type PageServer, type ServedPage, versioned, versionOf } from "./page-server.ts";
import { hasErrors } from "./plan.ts";
import { previewOf } from "./preview-page.ts";
import type { Project } from "./project.ts";
import { addComment, readReview, settleComment } from "./review.ts";

export interface DeskOptions {
  ref: PlanRef;
  /** Opened anew for each look, since broadcast.yml may have changed. */
  open(): Promise<Project>;
  command: string;
  port?: number;
  /** Who the person at this computer is. */
  you?: string;
  /** The file of an SSH key that signs. */
  key?: string;
  /** Into the file beside the campaign, and not into the ledger. */
  toFile?: boolean;
  expiresIn?: number;
  /** Told what is shown, whenever it is planned. */
  onPlan?: (plan: Plan) => void;
  /** Told what people did. */
  onEvent?: (event: DeskEvent) => void;
}

export type DeskEvent =
  | { type: "approved"; by: string; digest: string }
  | { type: "commented"; by: string; channel?: string }
  | { type: "refused"; message: string }
  | { type: "fault"; message: string };

/** What came of an action. It stays until what it is about is another one. */
interface Said {
  kind: "good" | "bad";
  words: string;
  /** The plan's digest. */
  about?: string;
}

export type OpenDesk = PageServer;

export async function openDesk(options: DeskOptions): Promise<OpenDesk> {
  let said: Said | undefined;
  let savedAt = Date.now();
  let plan: Plan | undefined;
  const look = async (): Promise<ServedPage> => {
    const { plan: planned, ...page } = await render(options, { said, savedAt });
    plan = planned;
    if (plan) options.onPlan?.(plan);
    return page;
  };
  const action = (what: Action) => async (form: URLSearchParams) => {
    said = { about: plan?.digest, ...(await act(what, form, options, plan)) };
  };
  const server = await openPageServer({
    look,
    actions: new Map(ACTIONS.map((what) => [what, action(what)])),
    port: options.port,
    onFault: (message) => options.onEvent?.({ type: "fault", message }),
  });
  return {
    ...server,
    changed() {
      savedAt = Date.now();
      return server.changed();
    },
  };
}

const ACTIONS = ["approve", "comment", "settle"] as const;
type Action = (typeof ACTIONS)[number];

/** What stands there now, or what is wrong with it. */
async function render(
  { ref, open, command, you, key }: DeskOptions,
  { said, savedAt }: { said: Said | undefined; savedAt: number },
): Promise<ServedPage & { plan?: Plan }> {
  try {
    const project = await open();
    const comments = await readReview(ref.file, project);
    const desk = (plan: Plan): Desk => ({
      version: "",
      people: [...new Set(project.config.policy.flatMap(({ by = [] }) => by))],
      you,
      key: key?.split(/[/\\]/).at(-1),
      closed: closedFor(plan),
      said: said?.about === undefined || said.about === plan.digest ? said : undefined,
      savedAt,
    });
    const { plan, page: first } = await previewOf(ref, project, { command, comments, desk });
    return { plan, ...versioned(first) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { brokenPage } = await import("../pages/preview/broken.ts");
    const version = versionOf(JSON.stringify(error.problems));
    return { version, html: brokenPage(error.problems, { file: ref.file, version }) };
  }
}

function closedFor(plan: Plan): string | undefined {
  if (plan.skipped !== undefined) return "nothing goes out: the campaign's `when` does not hold";
  if (hasErrors(plan.problems))
    return "what has problems cannot be approved: correct it first, the page follows";
  return undefined;
}

/** What came of it, in words. Nothing here decides: `approve` does, as for the command. */
async function act(
  what: Action,
  form: URLSearchParams,
  options: DeskOptions,
  plan: Plan | undefined,
): Promise<Omit<Said, "about">> {
  const field = (name: string) => (form.get(name) ?? "").trim();
  const now = Date.now();
  try {
    const project = await options.open();
    if (what === "comment") {
      const channel = field("about") === "" ? undefined : field("about");
      if (channel !== undefined && !plan?.deliveries.some((one) => one.channel === channel))
        throw usageError(`there is no post for \`${channel}\``, "Look again.");
      const digest = /^[0-9a-f]{64}$/.test(field("digest"))
        ? field("digest")
        : (plan?.digest ?? "0".repeat(64));
      await addComment(
        options.ref.file,
        { channel, by: field("by"), text: field("text"), quote: field("quote"), digest, now },
        project,
      );
      options.onEvent?.({ type: "commented", by: field("by"), channel });
      return { kind: "good", words: "the comment is kept beside the campaign" };
    }
    if (what === "settle") {
      await settleComment(options.ref.file, { id: field("id"), by: field("by"), now }, project);
      return { kind: "good", words: "the comment is settled" };
    }
    const digest = field("digest");
    if (!/^[0-9a-f]{64}$/.test(digest)) throw usageError("the digest is missing", "Load the page again.");
    requireRead(plan, form.getAll("read"));
    const by = field("as");
    const { file, status } = await approve(options.ref, project, {
      by,
      digest,
      key: options.key,
      toFile: options.toFile,
      expiresIn: options.expiresIn,
    });
    options.onEvent?.({ type: "approved", by, digest });
    const missing = status.needs.reduce((sum, need) => sum + need.missing, 0);
    const rest = missing === 0 ? "" : `; ${missing} more ${missing === 1 ? "is" : "are"} needed`;
    return { kind: "good", words: `approved by ${by}, recorded in ${file ?? "the ledger"}${rest}` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [first] = error.problems;
    options.onEvent?.({ type: "refused", message: first?.message ?? "" });
    return { kind: "bad", words: [first?.message, first?.remedy].filter(Boolean).join(". ") };
  }
}

/** A box for each post, as it is now: what has changed since it was ticked was not read. */
function requireRead(plan: Plan | undefined, ticked: readonly string[]): void {
  const left =
    plan?.deliveries.filter(({ channel, digest }) => !ticked.includes(`${channel}:${digest}`)) ?? [];
  if (plan === undefined) throw usageError("it cannot be planned at the moment", "Correct it first.");
  if (left.length === 0) return;
  throw usageError(
    `not everything was read: ${left.map(({ channel }) => `\`${channel}\``).join(", ")}`,
    "Read each post as it stands here, and tick it.",
  );
}

/** `broadcast replies`: what people answered. */
import { setTimeout as pause } from "node:timers/promises";
import { replies as askReplies, forgetReplies, type Replies } from "../../app/replies.ts";
import { EXIT } from "../../errors.ts";
import { count } from "../../report/code-frame.ts";
import { document } from "../../report/json.ts";
import { replyBlocks } from "../../report/replies.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { agreeToCost } from "../agree-to-cost.ts";
import type { replies as declared } from "../declarations.ts";
import { printNextCommand, sandboxSuffix } from "../hints.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { withSignals } from "../signals.ts";
import { sinceOf } from "../since.ts";
import type { Terminal } from "../terminal.ts";

export type RepliesOptions = Partial<OptionsOf<typeof declared>>;

const LOOK_AGAIN = 60_000;

export async function replies(
  what: string | undefined,
  options: RepliesOptions,
  terminal: Terminal,
): Promise<number> {
  const stage = await openProjectFor({ near: what, sandbox: options.sandbox }, terminal);
  const { project } = stage;
  try {
    if (options.forget !== undefined) {
      const forgotten = await forgetReplies(project, options.forget);
      if (options.json) terminal.out(document("replies", { forgotten }));
      else terminal.err(`${count(forgotten, "answer")} forgotten.\n`);
      return EXIT.ok;
    }
    const ask = () =>
      askReplies(project, {
        what,
        channels: options.channel,
        since: options.since === undefined ? undefined : sinceOf(options.since),
        cached: options.cached,
        agree: agreeToCost(terminal, options.json),
      });
    const found = await ask();
    if (options.json) {
      terminal.out(repliesJson(found));
      return found.code;
    }
    show(found, options, terminal);
    if (!options.watch) return found.code;
    return await withSignals(
      () => {},
      async ({ stop }) => {
        while (!stop.aborted) {
          await pause(LOOK_AGAIN, undefined, { signal: stop }).catch(() => {});
          if (stop.aborted) break;
          const news = (await ask()).replies.filter(({ unread }) => unread);
          if (news.length > 0) terminal.out(`\n${replyBlocks(news, Date.now(), terminal.results)}\n`);
        }
        return EXIT.ok;
      },
    );
  } finally {
    await stage.close();
  }
}

function show({ replies, notAsked }: Replies, options: RepliesOptions, terminal: Terminal): void {
  const { out, err, results, notes } = terminal;
  const shown = options.unread ? replies.filter(({ unread }) => unread) : replies;
  if (shown.length > 0) out(`${replyBlocks(shown, Date.now(), results)}\n`);
  else err(replies.length > 0 ? "There is no new answer.\n" : "Nobody has answered yet.\n");
  if (notAsked.length > 0) err("\n");
  for (const { channel, why, code } of notAsked)
    err(`${code ? notes.paint.yellow("!") : notes.paint.dim("–")} ${oneLine(channel)}: ${oneLine(why)}\n`);
  const [first] = shown;
  if (first)
    printNextCommand(
      "To answer",
      `broadcast reply ${first.name} "…"${sandboxSuffix(options.sandbox)}`,
      terminal,
    );
}

function repliesJson({ replies, notAsked }: Replies): string {
  return document("replies", {
    replies: replies.map(
      ({ name, delivery, channel, network, id, parent, url, author, text, at, unread }) => ({
        name,
        delivery,
        channel,
        network,
        id,
        parent,
        url,
        author,
        text,
        at,
        unread,
      }),
    ),
    notAsked,
  });
}

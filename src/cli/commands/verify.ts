/** `broadcast verify`: reads back what is out. */
import { type PostsVerified, verifyPosts } from "../../app/verify-posts.ts";
import { document } from "../../report/json.ts";
import { oneLine } from "../../report/terminal-safe.ts";
import { verifiedList } from "../../report/verified.ts";
import { agreeToCost } from "../agree-to-cost.ts";
import type { verify as declared } from "../declarations.ts";
import { openProjectFor } from "../open-project.ts";
import type { OptionsOf } from "../options.ts";
import { sinceOf } from "../since.ts";
import type { Terminal } from "../terminal.ts";

export type VerifyOptions = Partial<OptionsOf<typeof declared>>;

export async function verify(
  what: string | undefined,
  options: VerifyOptions,
  terminal: Terminal,
): Promise<number> {
  const stage = await openProjectFor({ near: what, sandbox: options.sandbox }, terminal);
  try {
    const verified = await verifyPosts(stage.project, {
      what,
      channels: options.channel,
      since: options.since === undefined ? undefined : sinceOf(options.since),
      agree: agreeToCost(terminal, options.json),
    });
    if (options.json) terminal.out(verifiedJson(verified));
    else tell(verified, terminal);
    return verified.code;
  } finally {
    await stage.close();
  }
}

function tell({ histories, found, notAsked }: PostsVerified, { out, err, results, notes }: Terminal): void {
  if (found.length > 0) out(`${verifiedList(histories, found, results)}\n`);
  else err("Nothing is out that could be read back.\n");
  if (notAsked.length > 0) err("\n");
  for (const { channel, why, code } of notAsked)
    err(`${code ? notes.paint.yellow("!") : notes.paint.dim("–")} ${oneLine(channel)}: ${oneLine(why)}\n`);
}

function verifiedJson({ found, notAsked }: PostsVerified): string {
  const posts = found.map(({ at, sent: _, ...one }) => ({ ...one, at: new Date(at).toISOString() }));
  return document("verify", { posts, notAsked });
}

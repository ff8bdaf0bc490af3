/** What was said where: everything that is or was out, found by its words, and as an archive. */
import type { Post } from "../adapter.ts";
import type { History } from "../ledger/types.ts";
import type { Utterance } from "../report/archive.ts";
import { aboutCampaigns } from "./campaign-facts.ts";
import { readLedger } from "./ledger.ts";
import { NOTICES } from "./notice.ts";
import type { Project } from "./project.ts";

export interface HistoryOptions {
  /** All of these words, in any order; accents and case do not matter. */
  words?: readonly string[];
  /** When it came out, epoch milliseconds. */
  since?: number;
  until?: number;
  kind?: string;
  channel?: string;
  tag?: string;
}

/** Newest first. */
export async function history(
  project: Pick<Project, "config" | "rehearsal">,
  { words = [], since = 0, until = Number.POSITIVE_INFINITY, kind, channel, tag }: HistoryOptions = {},
): Promise<Utterance[]> {
  return readLedger(
    project,
    async (ledger) => {
      const wanted = words.map(folded).filter((word) => word !== "");
      const said: { history: History; text: string }[] = [];
      for await (const one of ledger.everything()) {
        if (one.campaign.startsWith(NOTICES)) continue;
        if (channel !== undefined && one.channel !== channel) continue;
        const at = timeOf(one);
        if (at === undefined || at < since || at > until) continue;
        const text = one.posts.map((post) => `${post.title ?? ""} ${wordsOf(post)}`).join("\n");
        const found = folded(text);
        if (wanted.every((word) => found.includes(word))) said.push({ history: one, text });
      }
      const facts = await aboutCampaigns(
        said.map(({ history }) => history),
        project,
      );
      return said
        .map(({ history }) => utteranceOf(history, facts.get(history.campaign)))
        .filter((one) => kind === undefined || one.kind === kind)
        .filter(
          (one) => tag === undefined || one.tags.some((own) => folded(own) === folded(tag.replace(/^#/, ""))),
        )
        .sort((a, b) => b.at - a.at);
    },
    [],
  );
}

function utteranceOf(
  history: History,
  facts: { kind?: string; title?: string; tags: string[] } = { tags: [] },
): Utterance {
  const { id, campaign, channel, network, state, posts, receipts, retracted, corrections } = history;
  const round = Math.max(0, ...retracted.map((one) => one.round));
  const gone = retracted.filter((one) => one.round === round);
  const places = receipts.length > 0 ? receipts : gone;
  const title = posts[0]?.title ?? facts.title;
  return {
    id,
    campaign,
    channel,
    network,
    at: timeOf(history)!,
    posts: posts.map(wordsOf),
    urls: places.flatMap(({ url }) => url ?? []),
    tags: facts.tags,
    ...(title !== undefined && { title }),
    ...(facts.kind !== undefined && { kind: facts.kind }),
    ...(state === "retracted" && { retracted: Math.max(...gone.map((one) => one.retractedAt)) }),
    ...(corrections.some((one) => one.kind === "edit" && one.state === "done") && { edited: true }),
  };
}

function wordsOf({ text, plain, poll }: Post): string {
  return [plain ?? text, ...(poll?.choices.map((choice) => `○ ${choice}`) ?? [])].join("\n");
}

/** When it came out; of what was taken back, when it had. */
function timeOf({ receipts, retracted }: History): number | undefined {
  const out = receipts.filter(({ due }) => due === undefined);
  return out[0]?.at ?? retracted.at(-1)?.at;
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

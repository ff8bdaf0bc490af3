/** Reads back what is out: is it there, and is it what was sent? */
import { answersOn, type Standing } from "../adapter.ts";
import { systemClock } from "../clock.ts";
import { EXIT } from "../errors.ts";
import type { Found } from "../ledger/afterwards.ts";
import type { History } from "../ledger/types.ts";
import { htmlOf } from "../text/from-html.ts";
import { likeness, shownText } from "../text/likeness.ts";
import { changeLedger } from "./ledger.ts";
import type { Project } from "./project.ts";
import { askEach, type NotAsked, outOf, type ReadBackOptions } from "./read-back.ts";

export interface PostsVerified {
  histories: History[];
  /** One for each post that could be read; `sent`: the words that were sent, without markup. */
  found: (Found & { sent: string })[];
  notAsked: NotAsked[];
  /** 0: all stands as it was sent · 3: something is gone, changed or could not be read. */
  code: number;
}

/** Of a campaign, a delivery, or everything since `since`. What is found is kept in the ledger, for `status`. */
export async function verifyPosts(project: Project, options: ReadBackOptions = {}): Promise<PostsVerified> {
  const { clock = systemClock } = options;
  return changeLedger(project, async (ledger) => {
    const histories = await outOf(options, project, ledger);
    const { results: found, notAsked } = await askEach(
      histories,
      project,
      ledger,
      options,
      ({ adapter, settings }) =>
        answersOn(adapter, settings, "read")
          ? undefined
          : `${adapter.name} cannot be asked what stands there`,
      async ({ adapter }, own, reach) => {
        const all: PostsVerified["found"] = [];
        for (const { id, receipts, posts } of own)
          for (const receipt of receipts) {
            const standing = await adapter.read!(receipt, reach);
            const { text = "", title, link, media = [] } = posts[receipt.part] ?? {};
            // Where the network makes the card, it may come later, or not at all.
            const card = adapter.card === "ours" && media.length === 0 ? link?.url : undefined;
            const plain = htmlOf(adapter.text.markup) ? shownText(text) : text;
            const { sent, ...compared } = comparison({ title, text: plain, card }, standing);
            all.push({ delivery: id, part: receipt.part, at: clock.now(), ...compared, sent });
          }
        return all;
      },
    );
    await ledger.putFound(found);
    const isFine =
      notAsked.every(({ code }) => code === undefined) && found.every((one) => one.found === "same");
    return { histories, found, notAsked, code: isFine ? EXIT.ok : EXIT.failed };
  });
}

function comparison(
  sent: { title?: string; text: string; card?: string },
  standing: Standing | "gone",
): Pick<Found, "found" | "words"> & { sent: string } {
  if (standing === "gone") return { found: "gone", sent: sent.text };
  const { title, text, card } = standing;
  const isRenamed = title !== undefined && sent.title !== undefined && likeness(sent.title, title) !== "same";
  const isOtherCard = card !== undefined && sent.card !== undefined && card !== sent.card;
  if (!isRenamed && !isOtherCard && likeness(sent.text, text) === "same")
    return { found: "same", sent: sent.text };
  const whole = (one: { title?: string; text: string; card?: string }) =>
    [...(isRenamed ? [one.title] : []), one.text, ...(isOtherCard ? [`Link card: ${one.card}`] : [])].join(
      "\n",
    );
  return { found: "changed", words: whole(standing), sent: whole(sent) };
}

/** One request at one post that is out: edited, or deleted. */
import { type Context, editsOf, type Receipt } from "../adapter.ts";
import type { Change, Correction, History } from "../ledger/types.ts";
import { since } from "./attempt-times.ts";
import { type DeliveryChannel, keyOf, ratesOf, requestOn, type Tools } from "./publish.ts";
import { kept } from "./receipt.ts";
import { resembles } from "./reconcile.ts";
import { Unknown } from "./settle.ts";

/** Gives the receipt that holds from now on; none for a post that is gone. A repeat comes to the same. */
export async function changePart(
  correction: Correction,
  part: number,
  history: History,
  channel: DeliveryChannel,
  tools: Tools,
): Promise<Receipt | undefined> {
  const { ledger, clock } = tools;
  const { adapter } = channel;
  const receipt = history.receipts.find((one) => one.part === part)!;
  // Read anew: this may be a repeat.
  const changes = ((await ledger.history(history.id))?.changes ?? []).filter(
    (one) => one.correction === correction.number && one.part === part,
  );
  const begunAt = changes[0]?.at ?? clock.now();
  const request = requestOn(
    {
      delivery: history,
      part,
      // Key and time are the post's own: what is derived from them stays as it is.
      startedAt: startOf(part, history) ?? receipt.at,
      thread: threadOf(part, history),
      key: () => keyOf(history, part),
      async begin({ deadline }) {
        const now = clock.now();
        const begun = await ledger.beginChange({
          correction,
          part,
          now,
          rates: ratesOf(channel),
          deadline,
        });
        return begun === "lost" || "waitUntil" in begun ? begun : "begun";
      },
    },
    channel,
    tools,
  );
  if (correction.kind !== "edit") {
    await request.watch(adapter.retract!(receipt, request.context));
    await ledger.partRetracted(correction, part, clock.now());
    return undefined;
  }
  const post = correction.posts![part]!;
  const edits = editsOf(adapter, channel.settings);
  const again = edits !== "none" && edits.replaces === true && changes.some(isOpen);
  const found = again ? await lookUp() : undefined;
  const edited = found ?? kept(await request.watch(adapter.edit!(receipt, post, request.context)), history);
  await ledger.partEdited(correction, part, edited, clock.now());
  return edited;

  /** Where an edit makes a new post, the one that may have been made already is looked for. */
  async function lookUp(): Promise<Receipt | undefined> {
    if (!adapter.find) throw new Unknown(`${adapter.name} cannot be asked whether it took the edit`);
    const first = { startedAt: begunAt, server: undefined };
    const found = await request.watch(
      adapter.find(post, request.context, since(first, await request.offset())),
    );
    if (found === "absent") return undefined;
    if ("like" in found) {
      // What is about to be edited resembles what it will be; as long as it stands there, nothing has taken its place.
      if (found.like.id === receipt.id) return undefined;
      throw new Unknown(resembles(found.like));
    }
    return found.id === receipt.id ? undefined : kept(found, history);
  }
}

function isOpen({ outcome }: Change): boolean {
  return outcome === undefined || outcome === "uncertain";
}

function threadOf(part: number, { receipts, answers }: History): Context["thread"] {
  if (part === 0 && answers)
    return { root: answers.root, parent: answers.parent, ...(answers.theirs && { answers: true }) };
  const root = receipts.find((one) => one.part === 0);
  const parent = receipts.find((one) => one.part === part - 1);
  return part > 0 && root && parent ? { root, parent } : undefined;
}

/** When the first attempt at this post began. */
function startOf(part: number, { attempts, round }: History): number | undefined {
  return attempts.find((attempt) => attempt.part === part && attempt.round === round)?.startedAt;
}

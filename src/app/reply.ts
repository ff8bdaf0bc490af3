/** Answers somebody, or goes on below one of our own posts: a delivery with all guarantees, under the same policies. */
import { type Receipt, takesAnswers } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import { InputError, type Problem, usageError } from "../errors.ts";
import type { History } from "../ledger/types.ts";
import { type Answers, answerId } from "../plan/answer.ts";
import { digest, withoutUndefined } from "../plan/digest.ts";
import { deliveryId, type Plan, withDigest } from "../plan/types.ts";
import { findDelivery } from "./find-deliveries.ts";
import { changeLedger } from "./ledger.ts";
import { onePost } from "./one-post.ts";
import type { Project } from "./project.ts";
import { findReply } from "./replies.ts";
import { type SendOptions, type Sent, send } from "./send.ts";
import { requireUsable } from "./usable.ts";

/** The plan of the answer: the same words to the same post give the same plan. `typed`: a reply, or a delivery of ours. */
export async function planReply(typed: string, markdown: string, project: Project): Promise<Plan> {
  if (markdown.trim() === "")
    throw usageError("an answer needs words", 'For example: broadcast reply 3f2a9c01 "Thank you!"');
  const { history, answers, to } = await target(typed, project);
  requireUsable([history], project);
  const channel = project.config.channels.get(history.channel)!;
  if (!takesAnswers(channel.adapter))
    throw new InputError(problemOf(channel, `${channel.adapter.name} has no answers`));
  const { post, problems } = await postOf(markdown, to, channel);
  const campaign = answerId(answers, [post.post]);
  return withDigest({
    version: 2,
    campaign: { id: campaign, kind: "community", audience: channel.audience },
    deliveries: [
      {
        id: deliveryId(campaign, channel),
        channel: channel.name,
        network: channel.network,
        audience: channel.audience,
        account: channel.accountFingerprint,
        answers,
        posts: [post],
        lost: [],
        digest: digest([post.post]),
      },
    ],
    problems,
  });
}

/** Sends it, exactly once: the same checks as for a campaign, the approval that a policy asks for included. */
export async function reply(
  typed: string,
  markdown: string,
  project: Project,
  options: SendOptions = {},
): Promise<Sent> {
  return send(await planReply(typed, markdown, project), project, options);
}

async function target(
  typed: string,
  project: Project,
): Promise<{ history: History; answers: Answers; to?: string }> {
  const theirs = await findReply(project, typed);
  return changeLedger(project, async (ledger) => {
    const delivery = theirs ? await ledger.get(theirs.delivery) : await findDelivery(ledger, typed);
    const history = delivery && (await ledger.history(delivery.id));
    const [first] = history?.receipts ?? [];
    if (!history || !first)
      throw usageError(
        `nothing of \`${typed}\` is out, so nothing can be answered there`,
        "`broadcast replies` lists what people answered.",
      );
    const root = history.answers?.root ?? bare(first);
    if (!theirs) return { history, answers: { root, parent: bare(history.receipts.at(-1)!) } };
    return { history, answers: { root, parent: bare(theirs), theirs: true }, to: theirs.author.handle };
  });
}

function bare({ id, url, ref }: Receipt): Receipt {
  return withoutUndefined({ id, url, ref });
}

async function postOf(markdown: string, to: string | undefined, channel: Channel) {
  const { adapter } = channel;
  // Where a mention is what tells somebody that they were answered.
  const greets = to !== undefined && adapter.text.mention === "local" && !markdown.includes(to);
  const { post, measured } = await onePost(markdown, channel, greets ? `${to} ` : "", "answer");
  const problems: Problem[] = measured.fits
    ? []
    : [problemOf(channel, `the answer has ${measured.length} characters, and ${measured.max} fit`)];
  return { post: { post, measured }, problems };
}

function problemOf({ name }: Channel, message: string): Problem {
  return {
    severity: "error",
    code: "cannot-answer",
    message,
    remedy: "Shorten it, or answer on the network's own page.",
    channel: name,
  };
}

/** One post's life on a real server: sent, read there by other means, sent again, checked, counted, edited, taken back. */
import { Buffer } from "node:buffer";
import { editsOf, retractsOf } from "../../src/adapter.ts";
import { adapters } from "../networks.ts";
import { createScene } from "./scene.ts";
import { type RealPost, type RealServer, type Running, until } from "./server.ts";

/** Words that every markup could take for its own. */
const WORDS =
  "“Quotes” & 2 < 3 > 1, a_b_c, 50 % of C:\\new, 🎉 and **bold**, see https://acme.example/a?b=1&c=2#d.";
const EDITED = "These words are the corrected ones.";

/** What was seen to work, in a word each. Throws at the first thing that is not as it must be. */
export async function lifeOn(server: RealServer, running: Running): Promise<string[]> {
  const adapter = adapters.find(({ id }) => id === server.network);
  if (!adapter) throw new Error(`there is no adapter ${server.network}`);
  const scene = createScene(server, running);
  const seen = async (count: number, words: string): Promise<RealPost[]> => {
    const posts = await running.posts(scene.mark);
    if (posts.length !== count) throw new Error(`${words}: ${posts.length} posts are out, and not ${count}`);
    return posts;
  };
  const done: string[] = [];
  const runs = async (word: string, ...argv: string[]): Promise<string> => {
    const ended = await scene.run(argv);
    const refused = server.without?.[argv[0] ?? ""];
    if (refused && ended.code !== 0 && ended.out.includes(refused)) return ended.out;
    if (ended.code !== 0) throw new Error(`${argv.join(" ")} ended with ${ended.code}\n${ended.out}`);
    if (word) done.push(word);
    return ended.out;
  };
  try {
    scene.rewrite((campaign) => campaign.replace(/(Part 1 of \w+\.)/, `$1 ${WORDS}`));
    await runs("doctor", "doctor");
    await runs("sent", "send", "c.yml", "--yes");
    const [first, second] = await seen(server.parts, "after sending");
    looksRight(first, scene.mark, server.pictures === 1 ? scene.picture() : undefined);
    if (second && adapter.thread === "reply" && second.parent !== first?.id)
      throw new Error(`the second part answers ${second.parent}`);
    done.push("read");
    await runs("sent again", "send", "c.yml", "--yes");
    await seen(server.parts, "after sending again");
    if (adapter.read) await runs("verified", "verify");
    if (adapter.metrics) await runs("counted", "stats");
    if (adapter.replies) await runs("", "replies");
    if (first && running.answer) {
      await running.answer(first, "Well done, says a reader.");
      // A server may give the same answer to the same question for a while.
      const words = await until(async () => {
        const out = await runs("", "replies");
        if (!out.includes("Well done, says a reader.")) throw new Error(`the answer is not read: ${out}`);
        return "answers read";
      }, 5);
      done.push(words);
    }
    const { settings } = scene;
    if (editsOf(adapter, settings) !== "none") {
      scene.rewrite((campaign) => campaign.replace(WORDS, EDITED));
      await runs("edited", "edit", "c.yml", "--yes");
      const [edited] = await seen(server.parts, "after editing");
      if (!edited?.text.includes(EDITED)) throw new Error(`after editing it says ${edited?.text}`);
    }
    if (retractsOf(adapter, settings) !== "none") {
      await runs("taken back", "retract", "c.yml", "--yes");
      await seen(0, "after taking back");
    }
    return done;
  } finally {
    scene.remove();
  }
}

function looksRight(post: RealPost | undefined, mark: string, picture: Uint8Array | undefined): void {
  const text = unescaped(post?.text ?? "");
  for (const words of [
    `Part 1 of ${mark}.`,
    "“Quotes” & 2 < 3 > 1, ",
    "50 % of C:\\new, 🎉 and ",
    "https://acme.example/a?b=1&c=2#d",
  ])
    if (!text.includes(words)) throw new Error(`it does not say "${words}": ${post?.text}`);
  if (!picture) return;
  const [shown] = post?.pictures ?? [];
  if (shown?.alt !== "A picture") throw new Error(`its picture is described as "${shown?.alt}"`);
  if (!Buffer.from(shown.bytes).equals(picture)) throw new Error("its picture is another one");
}

/** HTML's escapes, as readers see them; a space that does not break is one. */
function unescaped(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex, digits) =>
      String.fromCodePoint(hex ? parseInt(hex, 16) : Number(digits)),
    )
    .replace(/&amp;/g, "&")
    .replace(/\u00a0/g, " ");
}

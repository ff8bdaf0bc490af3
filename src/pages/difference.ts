/** What changed since it was approved, word by word. */
import type { ApprovedDelivery, ApprovedPost } from "../approval/approval.ts";
import type { Change } from "../approval/changes.ts";
import type { Adapters } from "../config/adapters.ts";
import { changedLines } from "../report/word-diff.ts";
import { textOfHtml } from "../text/from-html.ts";
import { type Html, html, join, nothing, oneLine } from "./html.ts";
import { read } from "./reading/read.ts";

/** The changed lines of the words; what else changed is named. */
export function difference({ before, after, what }: Change, adapters: Adapters): Html {
  if (!before) return html`new since then`;
  if (!after) return html`taken out`;
  const lines = changedLines(wordsOf(before, adapters), wordsOf(after, adapters)).slice(0, MOST_LINES);
  const marked = lines.map((line) => html`<q dir="auto">${line.map(piece)}</q>`);
  const unseen = lines.length === 0 && what.includes("text") ? ["markup"] : [];
  const others = [...unseen, ...what.filter((one) => one !== "text" && one !== "title")];
  const times =
    what.includes("due") &&
    html` <span>Goes out <del>${before.due ?? "at once"}</del> <ins>${after.due ?? "at once"}</ins></span>`;
  return html`${join(marked, " ")}${others.length > 0 && html` <span>${others.join(", ")}</span>`}${times}`;
}

const MOST_LINES = 12;
const AROUND = 60;

function piece({ is, text }: { is: "same" | "gone" | "new"; text: string }): Html {
  if (text === "") return nothing;
  if (is === "gone") return html`<del>${text}</del>`;
  if (is === "new") return html`<ins>${text}</ins>`;
  return html`${shortened(text)}`;
}

// Only what is near a change helps to see it.
function shortened(text: string): string {
  const signs = [...text];
  if (signs.length <= 2 * AROUND) return text;
  return `${signs.slice(0, AROUND).join("")} … ${signs.slice(-AROUND).join("")}`;
}

/** What readers read, without the network's markup. */
function wordsOf({ posts, network }: ApprovedDelivery, adapters: Adapters): string {
  const markup = adapters.get(network)?.text.markup ?? "plain";
  return posts
    .flatMap(({ title, text }: ApprovedPost) => [
      ...(title === undefined ? [] : [oneLine(title)]),
      textOfHtml(read({ text, entities: [] }, markup).html.toString())
        .replace(/^[•◦*-] /gm, "")
        .trim(),
    ])
    .join("\n");
}

/** What differs between a post that is out and the one that the campaign would make now. */
import type { Post } from "../adapter.ts";
import type { Added } from "../ledger/types.ts";
import { canonical } from "../plan/digest.ts";
import type { Plan } from "../plan/types.ts";
import type { Layout } from "./style.ts";
import { oneLine, printable } from "./terminal-safe.ts";
import { columns, cutEnd, cutStart } from "./width.ts";

const MOST_LINES = 8;

/** A note on each delivery that is in the ledger with other content; channels with the same note share it. */
export function driftNotes(added: readonly Added[], plan: Plan, layout: Layout): string[] {
  const { paint } = layout;
  const stories = new Map<string, string[]>();
  for (const one of added) {
    const story = storyOf(one, plan, layout);
    if (story === undefined) continue;
    stories.set(story, [...(stories.get(story) ?? []), paint.bold(oneLine(one.delivery.channel))]);
  }
  return [...stories].map(([story, channels]) => `${paint.yellow("!")} ${channels.join(", ")}: ${story}`);
}

function storyOf({ delivery, as }: Added, plan: Plan, layout: Layout): string | undefined {
  if (as === "updated") return "has the new content now; the old one was not sent yet";
  if (as !== "drift") return undefined;
  const planned = plan.deliveries.find(({ id }) => id === delivery.id)?.posts ?? [];
  const changes = drift(
    delivery.posts,
    planned.map(({ post }) => post),
    layout,
  );
  if (delivery.schedule === "network" && delivery.state === "scheduled")
    return [
      "the network keeps the older content and time; `broadcast cancel` takes it back",
      ...changes.map((line) => `  ${line}`),
    ].join("\n");
  const where = delivery.state === "published" ? "out" : delivery.state;
  return [`${where} with other content; it is not changed`, ...changes.map((line) => `  ${line}`)].join("\n");
}

/** A few lines: `- was`, `+ would be`, and the names of what else changed. */
export function drift(out: readonly Post[], planned: readonly Post[], { paint, width }: Layout): string[] {
  const changes = lineChanges(textOf(out), textOf(planned));
  const lines = changes.map(({ sign, line }, index) => {
    const words = `${sign} ${around(line, partner(changes, index), width - 6)}`;
    return sign === "-" ? paint.red(words) : paint.green(words);
  });
  const more = lines.length > MOST_LINES ? [paint.dim(`… and ${lines.length - MOST_LINES} more lines`)] : [];
  const others = changedMembers(out, planned).map((name) => paint.dim(`${name} changed`));
  return [...lines.slice(0, MOST_LINES), ...more, ...others];
}

// The line that replaces a changed one, to find where the two differ.
function partner(changes: readonly Change[], index: number): string {
  const { sign } = changes[index]!;
  const other = changes[sign === "-" ? index + 1 : index - 1];
  return other !== undefined && other.sign !== sign ? other.line : "";
}

function around(line: string, other: string, room: number): string {
  let same = 0;
  while (same < line.length && line[same] === other[same]) same += 1;
  // Not between the halves of one character.
  if (/[\ud800-\udbff]/.test(line[same - 1] ?? "")) same -= 1;
  const rest = line.slice(same);
  const lead = Math.max(room >> 2, room - columns(rest));
  const before = cutStart(line.slice(0, same), lead);
  return before + cutEnd(rest, room - columns(before));
}

function textOf(posts: readonly Post[]): string[] {
  return posts.flatMap(({ title, text }) => [
    ...(title === undefined || opensWith(text, title) ? [] : [oneLine(title)]),
    ...printable(text).split("\n"),
  ]);
}

// Most networks have no field for a title: there it is the text's first line, in their markup.
export function opensWith(text: string, title: string): boolean {
  const [first = ""] = text.split("\n", 1);
  return letters(first).startsWith(letters(title));
}

function letters(text: string): string {
  return text.replace(/<\/?[a-z][^<>]*>|&#?\w+;|[^\p{L}\p{N}]/giu, "");
}

function changedMembers(out: readonly Post[], planned: readonly Post[]): string[] {
  const members: Record<string, (post: Post) => unknown> = {
    media: ({ media }) => media,
    link: ({ link }) => link?.url,
    "link card": ({ link }) => link && { title: link.title, description: link.description },
    tags: ({ tags }) => tags,
    options: ({ options }) => options,
    summary: ({ summary }) => summary,
    language: ({ lang }) => lang,
    poll: ({ poll }) => poll,
  };
  return Object.entries(members).flatMap(([name, of]) =>
    canonical(out.map(of)) === canonical(planned.map(of)) ? [] : [name],
  );
}

interface Change {
  sign: "-" | "+";
  line: string;
}

/** Longest common subsequence, on what is left between an equal start and an equal end. Blank lines do not count. */
function lineChanges(before: readonly string[], after: readonly string[]): Change[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end))
    end += 1;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);

  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i]![j] =
        a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const changes: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      changes.push({ sign: "-", line: a[i]! });
      i += 1;
    } else {
      changes.push({ sign: "+", line: b[j]! });
      j += 1;
    }
  }
  return changes.filter(({ line }) => line.trim() !== "");
}

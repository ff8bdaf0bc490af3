/** What the documents say of networks, from the adapters' declarations: a page for each, and tables by group. */
import { existsSync, readFileSync } from "node:fs";
import type { Adapter, FileRules, Group, MediaRules, TextRules } from "../src/adapter.ts";
import { descriptionOf, entriesOf, isSecret } from "../src/settings.ts";

const NOTE = "<!-- Written by `npm run generate` from the adapters' declarations. Do not edit below. -->";

export const GROUP_NAMES: Readonly<Record<Group, string>> = {
  public: "The public",
  community: "Communities",
  team: "Teams",
  writing: "Long form",
  knowledge: "Shared knowledge",
  video: "Video",
  machine: "Machines",
};

/** `docs/networks/ID.md` by its path: what a person wrote, and below it what is declared. */
export function networkPages(adapters: readonly Adapter[]): Record<string, string> {
  return Object.fromEntries(
    adapters.map((adapter) => {
      const file = `docs/networks/${adapter.id}.md`;
      const before = existsSync(file) ? readFileSync(file, "utf8") : `# ${adapter.name}\n`;
      const [written = ""] = before.split("\n<!-- Written by");
      return [file, `${written.trimEnd()}\n\n${frame(adapter)}\n`];
    }),
  );
}

function frame(adapter: Adapter): string {
  const settings = Object.entries(entriesOf(adapter.channel)).map(([name, schema]) => [
    `\`${name}\``,
    descriptionOf(schema),
    isSecret(schema) ? "secret: `${ENV_NAME}` only" : "",
  ]);
  const options = Object.entries(entriesOf(adapter.options)).map(([name, schema]) => [
    `\`${name}\``,
    descriptionOf(schema),
  ]);
  return [
    NOTE,
    "## Credentials, step by step",
    adapter.auth.steps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
    "## Settings of a channel",
    table(["Setting", "", ""], settings),
    "## Options of a campaign",
    options.length > 0
      ? table([`Under \`options: { ${adapter.id}: … }\``, ""], options)
      : "It has no options of its own.",
    "## Limits and abilities",
    `Numbers from <${adapter.source.url}>, read on ${adapter.source.checked}.`,
    table(["", ""], [...facts(adapter)]),
  ].join("\n\n");
}

function facts(adapter: Adapter): string[][] {
  const { schedules, edits, retracts } = adapter;
  const within = (rules: { within?: string } | "none" | unknown) =>
    typeof rules === "function"
      ? "depends on the channel"
      : rules === "none"
        ? "no"
        : (rules as { within?: string }).within
          ? `within ${(rules as { within?: string }).within}`
          : "yes";
  return [
    ["Text", lengthOf(adapter.text)],
    ["Threads", THREADS[adapter.thread]],
    ...(adapter.answer ? [["First reply", `a comment, ${lengthOf(adapter.answer)}`]] : []),
    ["Media", media(adapter.media)],
    ["Link card", { network: "by the network", ours: "by us", none: "no" }[adapter.card]],
    ["Rates", ratesOf(adapter)],
    ["Repeats", adapter.idempotency === "none" ? "not recognised" : `recognised ${adapter.idempotency}`],
    ["After a lost answer", adapter.find ? "it can be asked" : "a person looks"],
    ["Poll", adapter.poll ? "yes" : "as a list"],
    ["Scheduled by the network", schedules ? `at least ${schedules.least} ahead` : "no"],
    ["Edited", within(edits)],
    ["Taken back", within(retracts)],
    ["Counts", adapter.metrics ? "yes" : "no"],
    ["Replies", adapter.replies ? "yes" : "no"],
    ["`broadcast login`", adapter.auth.oauth2 || adapter.auth.oauth1 ? "in the browser" : "by pasting"],
  ];
}

const THREADS = { reply: "replies", sequence: "one after another", none: "no" };

function ratesOf({ rates }: Adapter): string {
  return rates.map(({ posts, per }) => `${posts} per ${per}`).join(", ") || "none stated";
}

/** By group, with what each can do; `folder` leads to the pages. */
export function abilities(adapters: readonly Adapter[], folder: string): string {
  const groups = Object.entries(GROUP_NAMES) as [Group, string][];
  return groups
    .map(([group, name]) => ({ name, members: adapters.filter((adapter) => adapter.group === group) }))
    .filter(({ members }) => members.length > 0)
    .map(
      ({ name, members }) =>
        `## ${name}\n\n${table(
          HEAD,
          members.map((one) => row(one, folder)),
        )}`,
    )
    .join("\n\n");
}

const HEAD = [
  "Network",
  "Text",
  "Threads",
  "Media",
  "Alt",
  "Poll",
  "Look-up",
  "Edit",
  "Delete",
  "Stats",
  "Replies",
  "Schedule",
  "Login",
];

function row(adapter: Adapter, folder: string): string[] {
  const { media: rules, auth } = adapter;
  const yes = (is: unknown) => (is ? "✓" : "–");
  return [
    `[${adapter.name}](${folder}${adapter.id}.md)`,
    lengthOf(adapter.text),
    adapter.byHand ? "–" : THREADS[adapter.thread],
    rules === "none" ? "–" : media(rules).replace(/, (no alt text|alt ≤ .+)$/, ""),
    rules === "none" || rules.alt === 0 ? "–" : String(rules.alt),
    yes(adapter.poll),
    yes(adapter.find),
    yes(adapter.edit),
    yes(adapter.retract),
    yes(adapter.metrics),
    yes(adapter.replies),
    yes(adapter.schedules),
    yes(auth.oauth2 || auth.oauth1),
  ];
}

/** One line for each group, with links. */
export function short(adapters: readonly Adapter[], folder: string): string {
  const groups = Object.entries(GROUP_NAMES) as [Group, string][];
  const rows = groups.flatMap(([group, name]) => {
    const members = adapters.filter((adapter) => adapter.group === group);
    if (members.length === 0) return [];
    return [[name, members.map(({ id, name }) => `[${name}](${folder}${id}.md)`).join(" · ")]];
  });
  return table(["", "Networks"], rows);
}

function lengthOf(text: TextRules): string {
  const also = text.bytes ? ` and ${text.bytes.toLocaleString("en")} bytes` : "";
  const names = {
    grapheme: "graphemes",
    codepoint: "code points",
    utf16: "UTF-16 units",
    byte: "bytes",
    weighted: "weighted",
    "emoji-bytes": "graphemes",
  };
  return `${text.max.toLocaleString("en")} ${names[text.unit]}${also}${text.link ? `, links ${text.link}` : ""}`;
}

function media(rules: MediaRules | "none"): string {
  if (rules === "none") return "none";
  const size = (kind: string, file: FileRules | undefined) =>
    file ? [`${kind} ≤ ${megabytes(file.bytes)}`] : [];
  return [
    `${rules.count}`,
    ...size("image", rules.image),
    ...size("video", rules.video),
    rules.alt > 0 ? `alt ≤ ${rules.alt}` : "no alt text",
  ].join(", ");
}

function megabytes(bytes: number): string {
  return bytes >= 1_000_000
    ? `${Number((bytes / 1_000_000).toFixed(1))} MB`
    : `${Math.round(bytes / 1000)} kB`;
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

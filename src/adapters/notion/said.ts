/** What a page says: blocks as Markdown, so that its letters and digits are those of the text that was sent. */
import { createHash } from "node:crypto";
import * as v from "valibot";

const Text = v.array(
  v.object({
    plain_text: v.optional(v.string()),
    href: v.nullish(v.string()),
    text: v.optional(
      v.object({ content: v.string(), link: v.nullish(v.object({ url: v.optional(v.string()) })) }),
    ),
  }),
);

const Body = v.object({
  rich_text: v.optional(Text, []),
  caption: v.optional(Text, []),
  cells: v.optional(v.array(Text), []),
  checked: v.optional(v.boolean(), false),
  language: v.optional(v.string(), ""),
  title: v.optional(v.string(), ""),
  type: v.optional(v.string(), ""),
  external: v.nullish(v.object({ url: v.string() })),
  children: v.optional(v.array(v.unknown()), []),
});

const Some = v.looseObject({ type: v.string() });
const FILES = new Set(["image", "video", "audio", "pdf", "file"]);
const LISTS = new Set(["bulleted_list_item", "numbered_list_item", "to_do"]);

export interface Reading {
  /** Files that were uploaded are no words of the text. Default: their captions count. */
  files?: "apart";
  /** What stood on the fences, where Notion calls it otherwise. */
  fences?: readonly string[];
}

export function markdownOf(blocks: readonly unknown[], reading: Reading = {}): string {
  const fences = [...(reading.fences ?? [])];
  const walk = (all: readonly unknown[]): string[] => {
    let number = 0;
    return all.flatMap((one) => {
      const found = v.safeParse(Some, one);
      if (!found.success) return [];
      const { type } = found.output;
      const read = v.safeParse(Body, found.output[type]);
      const body = read.success ? read.output : v.parse(Body, {});
      number = type === "numbered_list_item" ? number + 1 : 0;
      const inside = walk(body.children);
      const indented = inside.flatMap((lines) => lines.split("\n")).map((line) => `  ${line}`);
      if (FILES.has(type)) {
        if (reading.files === "apart" && !body.external) return [];
        return [`![${said(body.caption)}](${body.external?.url ?? ""})`];
      }
      if (type === "code") {
        const fence = fences.shift() ?? (body.language === "plain text" ? "" : body.language);
        return [`\`\`\`${fence}\n${said(body.rich_text)}\n\`\`\``];
      }
      if (type === "table") return [inside.join("\n")];
      if (type === "table_row") return [`| ${body.cells.map(said).join(" | ")} |`];
      if (type === "divider") return ["---"];
      const words = body.title || said(body.rich_text);
      if (LISTS.has(type)) return [[`${markOf(type, number, body.checked)}${words}`, ...indented].join("\n")];
      if (type === "quote")
        return [
          [words, ...inside]
            .flatMap((text) => text.split("\n"))
            .map((line) => `> ${line}`)
            .join("\n"),
        ];
      const depth = Number(/^heading_(\d)$/.exec(type)?.[1] ?? 0);
      return [`${depth > 0 ? `${"#".repeat(depth)} ` : ""}${words}`, ...inside];
    });
  };
  return walk(blocks).join("\n\n").trim();
}

function markOf(type: string, number: number, checked: boolean): string {
  if (type === "to_do") return checked ? "- [x] " : "- [ ] ";
  return type === "numbered_list_item" ? `${number}. ` : "- ";
}

function said(pieces: v.InferOutput<typeof Text>): string {
  return pieces
    .map(({ plain_text, href, text }) => {
      const words = plain_text ?? text?.content ?? "";
      const url = href ?? text?.link?.url;
      return url && url !== words ? `[${words}](${url})` : words;
    })
    .join("");
}

/** The letters and digits, as a short mark that fits into a receipt. */
export function markOfWords(blocks: readonly unknown[]): string {
  const essence = (markdownOf(blocks).match(/[\p{L}\p{N}]+/gu) ?? []).join("");
  return createHash("sha256").update(essence).digest("hex").slice(0, 16);
}

/** Markdown with its code left alone. */

/** `change` is given what stands outside fenced code, in pieces of whole lines. Linear. */
export function outsideBlocks(text: string, change: (prose: string) => string): string {
  const out: string[] = [];
  let prose: string[] = [];
  let fence: string | undefined;
  const flush = () => {
    if (prose.length > 0) out.push(change(prose.join("\n")));
    prose = [];
  };
  for (const line of text.split("\n")) {
    const before = fence;
    fence = fenceAfter(line, before);
    if (before === undefined && fence === undefined) {
      prose.push(line);
      continue;
    }
    flush();
    out.push(line);
  }
  flush();
  return out.join("\n");
}

/** The marks of the code block that is open behind this line; `open`: before it. */
export function fenceAfter(line: string, open: string | undefined): string | undefined {
  const [, marks = "", info = ""] = line.match(/^[ \t]*(`{3,}|~{3,})(.*)$/) ?? [];
  if (marks === "") return open;
  if (open === undefined) return marks[0] === "`" && info.includes("`") ? undefined : marks;
  return marks[0] === open[0] && marks.length >= open.length && info.trim() === "" ? undefined : open;
}

/** `change` is given what stands outside fenced code and code in a line. */
export function outsideCode(text: string, change: (prose: string) => string): string {
  return outsideBlocks(text, (block) => outsideSpans(block, change));
}

// A run of backticks is closed by the next one of the same length, in the same paragraph.
function outsideSpans(block: string, change: (prose: string) => string): string {
  if (!block.includes("`")) return change(block);
  return block
    .split(/(\n[ \t]*\n)/)
    .map((paragraph) => spansLeft(paragraph, change))
    .join("");
}

function spansLeft(paragraph: string, change: (prose: string) => string): string {
  const runs = [...paragraph.matchAll(/`+/g)];
  const next = new Map<number, number>();
  const closing = new Array<number>(runs.length).fill(-1);
  for (let at = runs.length - 1; at >= 0; at--) {
    const { length } = runs[at]![0];
    closing[at] = next.get(length) ?? -1;
    next.set(length, at);
  }
  let out = "";
  let from = 0;
  for (let at = 0; at < runs.length; at++) {
    const close = closing[at]!;
    if (close < 0) continue;
    const start = runs[at]!.index;
    const end = runs[close]!.index + runs[close]![0].length;
    out += change(paragraph.slice(from, start)) + paragraph.slice(start, end);
    from = end;
    at = close;
  }
  return out + change(paragraph.slice(from));
}

/** Markdown without HTML's comments, such as the one that GitHub's generated notes begin with. Code keeps them. */
export function withoutComments(notes: string): string {
  return outsideBlocks(notes, stripped);
}

// Not by a pattern: that would take forever on many beginnings without an end.
function stripped(text: string): string {
  let kept = "";
  for (let at = 0; ; ) {
    const open = text.indexOf("<!--", at);
    const close = open < 0 ? -1 : text.indexOf("-->", open + 4);
    if (close < 0) return kept + text.slice(at);
    kept += text.slice(at, open);
    at = close + 3;
  }
}

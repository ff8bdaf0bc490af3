/** What is put at the end of a post: the link and tags, an ellipsis, its number. Trees come out new; none is changed. */
import type { AnyNode, Tree } from "./tree.ts";

/** `body`, and below it the blocks of `suffix`. */
export function together(body: Tree, suffix?: Tree): Tree {
  if (!suffix || suffix.children.length === 0) return body;
  return { ...body, children: [...body.children, ...suffix.children] };
}

/** `(2/5)` behind the last words, also those of a list; below what is neither. */
export function numbered(tree: Tree, mark?: string): Tree {
  if (!mark) return tree;
  return atEnd(tree, (last) => {
    if (!last) return [paragraph(mark)];
    return added(last, words(` ${mark}`)) ?? [last, paragraph(mark)];
  });
}

function added(node: AnyNode, more: AnyNode): AnyNode[] | undefined {
  const children = node.children ?? [];
  if (node.type === "paragraph") return [{ ...node, children: [...children, more] }];
  if (node.type !== "list" && node.type !== "listItem") return undefined;
  const last = children.at(-1);
  const changed = last && added(last, more);
  return changed && [{ ...node, children: [...children.slice(0, -1), ...changed] }];
}

/** An ellipsis right behind the last word; the comma or full stop before it goes. */
export function endWith(tree: Tree, sign: string): Tree {
  const all = tree.children as AnyNode[];
  const end = all.findLastIndex(({ type }) => type !== "thematicBreak" && !/efinition$/.test(type));
  const children = all.filter(({ type }, at) => at < end || type !== "thematicBreak");
  return atEnd({ ...tree, children } as Tree, (last) => {
    if (!last) return [];
    return spoken(last) ? [closed(last, sign)] : [last, paragraph(sign)];
  });
}

/** Whether a block ends in running words, which can be added to. */
function spoken(node: AnyNode): boolean {
  const last = node.children?.at(-1);
  if (node.type === "paragraph" || node.type === "heading") return true;
  return last !== undefined && ["list", "listItem", "blockquote"].includes(node.type) && spoken(last);
}

function closed(node: AnyNode, sign: string): AnyNode {
  const last = node.children?.at(-1);
  if (!last) return node;
  const rest = node.children!.slice(0, -1);
  if (last.type === "text") {
    const value = (last.value ?? "").replace(/[\s,;:.…–—-]{1,9}$/, "");
    return { ...node, children: [...rest, words(`${value}${sign}`)] };
  }
  if (last.type === "break") return closed({ ...node, children: rest }, sign);
  if (last.children?.length && last.type !== "link")
    return { ...node, children: [...rest, closed(last, sign)] };
  return { ...node, children: [...rest, last, words(` ${sign}`)] };
}

/** Footnotes stay last; what comes "at the end" goes before them. */
function atEnd(tree: Tree, change: (last: AnyNode | undefined) => AnyNode[]): Tree {
  const children = tree.children as AnyNode[];
  let end = children.length;
  while (end > 0 && /efinition$/.test(children[end - 1]!.type)) end -= 1;
  const changed = [
    ...children.slice(0, Math.max(0, end - 1)),
    ...change(children[end - 1]),
    ...children.slice(end),
  ];
  return { ...tree, children: changed } as Tree;
}

const words = (value: string): AnyNode => ({ type: "text", value });
const paragraph = (value: string): AnyNode => ({ type: "paragraph", children: [words(value)] });

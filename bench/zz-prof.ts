import { parse } from "../src/text/markdown.ts";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmTable } from "micromark-extension-gfm-table";
import { parse as mparse, postprocess, preprocess } from "micromark";
import { render } from "../src/text/render.ts";
import { split } from "../src/text/split.ts";
const section = `## Version 2.4.0

We have **made** it, and it is *good*. It needs 5 GB of disk; see [the notes](https://acme.example/blog/2-4) for more. Thanks to @maria, as ever. #release

1. Offline mode: everything you do is kept and sent later, e.g. on trains.
2. A new CLI, with completion for bash, zsh and fish: \`acme sync --all\`.

> It is the best that we have seen so far, and we have seen a few.

これは日本語のテキストです。とても速くなりました。🎉

\`\`\`sh
npm i -g acme
acme login
\`\`\`

`;
const notes = (n: number) => section.repeat(Math.ceil(n / section.length)).slice(0, n);
const t = (name: string, f: () => unknown) => { const times: number[] = []; for (let i = 0; i < 6; i++) { globalThis.gc?.(); const s = process.cpuUsage(); f(); const e = process.cpuUsage(s); times.push((e.user + e.system) / 1000 | 0); } console.log(name, times.join(" ")); };
const N = Number(process.argv[2] ?? 100000);
const text = notes(N);
if (process.argv[3] === "prof") { for (let i = 0; i < 8; i++) parse(text); process.exit(); }
if (process.argv[3] === "cold") { const s = process.cpuUsage(); const w = performance.now(); parse(text); const e = process.cpuUsage(s); console.log("cold parse cpu", (e.user + e.system) / 1000, "wall", performance.now() - w); process.exit(); }
if (process.argv[3] !== "coldchunk") t("ours", () => parse(text));
if (process.argv[3] !== "coldchunk") t("mdast gfm no transforms", () => fromMarkdown(text, { extensions: [gfm({ singleTilde: false })], mdastExtensions: gfmFromMarkdown().map(({ transforms: _, ...e }) => e) }));
if (process.argv[3] !== "coldchunk") t("mdast plain cm", () => fromMarkdown(text));
const chunk = notes(10000);
if (process.argv[3] !== "coldchunk") t("10 x 10K", () => { for (let i = 0; i < 10; i++) parse(chunk); });
const chunk2 = notes(2500);
if (process.argv[3] !== "coldchunk") t("40 x 2.5K", () => { for (let i = 0; i < 40; i++) parse(chunk2); });
const chunk3 = notes(section.length);
if (process.argv[3] !== "coldchunk") t("170 x 600", () => { for (let i = 0; i < 170; i++) parse(chunk3); });
if (process.argv[3] === "coldchunk") { const s = process.cpuUsage(); const w = performance.now(); for (let i = 0; i < 40; i++) parse(chunk2); const e = process.cpuUsage(s); console.log("cold chunks cpu", (e.user + e.system) / 1000, "wall", performance.now() - w); process.exit(); }

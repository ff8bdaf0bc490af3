import { parse } from "../src/text/markdown.ts";
import { split } from "../src/text/split.ts";
const render = (tree: any) => {
  const block = (n: any): string => n.type==="list" ? n.children.map((c: any,i:number)=>(n.ordered?`${(n.start??1)+i}. `:"• ")+c.children.map(block).join("\n  ")).join("\n") : n.type==="blockquote" ? "> "+n.children.map(block).join("\n> ") : n.type==="code" ? "```\n"+n.value+"\n```" : n.children ? inline(n) : n.value ?? "";
  const inline = (n: any): string => n.type==="text" ? n.value : n.type==="strong" ? `**${n.children.map(inline).join("")}**` : n.type==="break" ? "\n" : n.type==="link" ? (n.children.map(inline).join("")===n.url? n.url : n.children.map(inline).join("")+": "+n.url) : n.children ? n.children.map(inline).join("") : n.value ?? "";
  return { text: tree.children.map(block).join("\n\n"), entities: [], lost: [] };
};
const md = `# Acme 2.4 is out

**Acme 2.4** syncs twice as fast, works offline, and has a new CLI, e.g. \`acme sync --all\`. It needs only 5 GB of disk, and takes about 10 min to migrate. We measured it on three machines. Read more at https://acme.example/blog/2-4-with-a-long-path and tell us!

What is new:

1. Offline mode: everything you do is kept and sent later. It took us a year, and many of you helped.
2. A new CLI, with completion for bash, zsh and fish.
3. Faster sync: twice as fast on slow lines, and gentler on the battery.

> Quoted words from a customer, who likes it very much and says so at length.

\`\`\`sh
npm i -g acme
acme login
acme sync --all
\`\`\`

日本語のテキストもここにあります。とても速いです。二番目の文です。

Thanks to everyone. See you at the conference, and bring a friend.
`;
for (const [max, opts] of [[280,{}],[140,{number:true}],[60,{number:true}]] as any) {
  const r = split(parse(md), {max, unit:"weighted", markup:"plain", link:23, links:"bare"}, {fit:"thread",lang:"en",...opts}, {}, render as any);
  console.log("=====",max,r.parts.length,r.fits);
  for (const p of r.parts) console.log(p.measured.length+"| "+p.rendered.text.replace(/\n/g,"\n   | "));
}
const r = split(parse(md), {max:200, unit:"weighted", markup:"plain", link:23, links:"bare"}, {fit:"trim",suffix:parse("https://acme.example/x #release")}, {}, render as any);
console.log(r.parts[0]!.measured, r.parts[0]!.rendered.text, r.trimmed);

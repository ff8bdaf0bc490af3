import { parse } from "../src/text/markdown.ts";
import { render } from "../src/text/render.ts";
import { split } from "../src/text/split.ts";
import { kinds, notes } from "./zz-kinds.ts";
const text = notes(Number(process.argv[2] ?? 100000));
const rounds = Number(process.argv[3] ?? 1);
for (let i = 0; i < rounds; i++) {
  const t0 = performance.now(); const s0 = process.cpuUsage();
  const tree = parse(text);
  const t1 = performance.now(); const s1 = process.cpuUsage(s0);
  const per: string[] = [];
  for (const rules of kinds) { const s = performance.now(); split(tree, rules, { fit: "thread", lang: "en" }, { lang: "en" }, render); per.push(`${rules.markup}/${rules.max} ${(performance.now() - s).toFixed(0)}`); }
  const s2 = process.cpuUsage(s0);
  console.log(`parse ${(t1 - t0).toFixed(0)} (cpu ${((s1.user + s1.system) / 1000).toFixed(0)}), all ${(performance.now() - t0).toFixed(0)} (cpu ${((s2.user + s2.system) / 1000).toFixed(0)})\n  ${per.join(", ")}`);
}

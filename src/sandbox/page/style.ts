/** How the page looks. No attribute styles: the policy allows this one sheet and nothing else. */
import type { SandboxNetwork } from "../network.ts";

/** The sheet, with each network's accent. Colours that are not `#rrggbb` are left out. */
export function style(networks: readonly SandboxNetwork[]): string {
  const accents = (pick: "light" | "dark") =>
    networks
      .filter(({ id, look }) => /^[\w-]+$/.test(id) && /^#[0-9a-f]{6}$/i.test(look[pick]))
      .map(({ id, look }) => `.n-${id}{--accent:${look[pick]}}`)
      .join("");
  return `${SHEET}${accents("light")}@media (prefers-color-scheme: dark){${accents("dark")}}`;
}

const SHEET = `
:root{color-scheme:light dark;--page:#f3f1ec;--card:#fffefb;--ink:#1f2328;--soft:#5d646d;--line:#e3dfd6;--fill:#f4f1ea;--accent:#555;--warn:#a65a00;--bad:#b3261e;
--sans:system-ui,-apple-system,"Segoe UI",Inter,Roboto,"Helvetica Neue",Arial,sans-serif;--serif:"Iowan Old Style",Charter,Georgia,Cambria,serif;--mono:ui-monospace,"SF Mono",Menlo,Consolas,monospace}
@media (prefers-color-scheme: dark){:root{--page:#14161a;--card:#1d2025;--ink:#e8e6e1;--soft:#a0a5ad;--line:#30343b;--fill:#262a30;--accent:#bbb;--warn:#f0b35f;--bad:#ff8a80}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding-top:8rem}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 var(--sans);-webkit-text-size-adjust:100%}
a{color:inherit}
:focus-visible{outline:2px solid var(--accent,currentColor);outline-offset:2px;border-radius:4px}
.bar{position:sticky;top:0;z-index:2;background:color-mix(in srgb,var(--page) 88%,transparent);backdrop-filter:blur(12px);border-bottom:1px solid var(--line)}
.inner,.filters,main,.empty{max-width:45rem;margin:0 auto;padding:0 1rem}
.inner{display:flex;align-items:baseline;gap:.75rem;padding-top:.9rem}
.bar h1{font-size:1.15rem;font-weight:700;letter-spacing:-.01em;margin:0}
.hint{margin:0;color:var(--soft);font-size:.875rem}
.live{margin-left:auto;color:var(--soft);font-size:.8rem;display:flex;align-items:center;gap:.4rem}
.live::before{content:"";width:.5rem;height:.5rem;border-radius:50%;background:var(--soft)}
.live.on::before{background:#2e9e5b;box-shadow:0 0 0 3px color-mix(in srgb,#2e9e5b 22%,transparent)}
.filters{display:flex;flex-wrap:wrap;gap:.35rem;padding-top:.7rem;padding-bottom:.8rem;}
.chip{flex:none;display:inline-flex;align-items:center;gap:.45rem;border:1px solid var(--line);background:var(--card);color:var(--ink);border-radius:999px;padding:.22rem .62rem;font:inherit;font-size:.82rem;line-height:1.4;text-decoration:none;cursor:pointer}
.chip i{width:.55rem;height:.55rem;border-radius:50%;background:var(--accent)}
.chip .count{color:var(--soft);font-variant-numeric:tabular-nums;font-size:.78rem}
.chip:hover{border-color:var(--accent)}
.chip[aria-pressed=true]{border-color:var(--accent);background:color-mix(in srgb,var(--accent) 12%,var(--card));font-weight:600}
main{display:flex;flex-direction:column;gap:1rem;padding-top:1.25rem;padding-bottom:4rem}
.thread{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:1.1rem 1.2rem .9rem;box-shadow:0 1px 2px rgb(0 0 0/.04);overflow-wrap:anywhere}
.fresh{animation:in .5s ease-out}
@keyframes in{from{opacity:0;transform:translateY(-8px)}}
@media (prefers-reduced-motion:reduce){.fresh{animation:none}}
.post{display:grid;grid-template-columns:2.75rem minmax(0,1fr);gap:0 .85rem}
.rail{display:flex;flex-direction:column;align-items:center}
.avatar{flex:none;width:2.75rem;height:2.75rem;border-radius:50%;display:grid;place-items:center;font-weight:700;font-size:1.05rem;color:var(--accent);background:color-mix(in srgb,var(--accent) 15%,var(--card))}
.as-message .avatar{border-radius:12px}
.post:not(:last-child) .rail::after{content:"";flex:1;width:2px;margin:.4rem 0;min-height:1rem;border-radius:1px;background:color-mix(in srgb,var(--accent) 30%,var(--line))}
.post:not(:last-child)>.body{padding-bottom:1.1rem}
.body{min-width:0}
header{display:flex;flex-wrap:wrap;align-items:center;gap:0 .5rem;min-height:1.6rem}
.account{font-weight:650}
.when{color:var(--soft);font-size:.85rem;text-decoration:none}
.when:hover{text-decoration:underline}
.badge{margin-left:auto;display:inline-flex;align-items:center;gap:.4rem;font-size:.78rem;font-weight:600;color:var(--accent)}
.badge i{font-style:normal;font-size:.7rem;font-weight:800;line-height:1;width:1.25rem;height:1.25rem;border-radius:6px;display:grid;place-items:center;color:var(--card);background:var(--accent)}
.text{white-space:pre-wrap;margin-top:.15rem}
.text:empty{display:none}
.text a,.mention,.tag{color:var(--accent);text-decoration:none}
.text a:hover{text-decoration:underline}
.mention,.tag{font-weight:500}
.as-message .mention{background:color-mix(in srgb,var(--accent) 13%,transparent);border-radius:4px;padding:0 .2em}
.text h1,.text h2,.text h3,.text h4,.text h5,.text h6{font-size:1.1rem;line-height:1.35;margin:.4rem 0 .15rem}
.text h4{font-size:1.04rem}.text h5{font-size:1rem}
.text code{font:.88em var(--mono);background:var(--fill);border:1px solid var(--line);border-radius:5px;padding:.08em .35em}
.text pre{font:.86rem/1.5 var(--mono);background:var(--fill);border:1px solid var(--line);border-radius:10px;padding:.7rem .85rem;margin:.4rem 0;overflow-x:auto;white-space:pre}
.text pre code{all:unset;font:inherit}
.text blockquote{margin:.3rem 0;padding:.1rem 0 .1rem .85rem;border-left:3px solid color-mix(in srgb,var(--accent) 45%,var(--line));color:color-mix(in srgb,var(--ink) 85%,var(--soft))}
.text hr{border:0;border-top:1px solid var(--line);margin:.6rem 0}
.spoiler{background:var(--soft);color:transparent;border-radius:4px}
.spoiler:hover{background:var(--fill);color:inherit}
.quiet{color:var(--soft);font-size:.88rem}
.media{display:grid;gap:4px;margin-top:.7rem;border-radius:12px;overflow:hidden;border:1px solid var(--line)}
.m2,.m4{grid-template-columns:1fr 1fr}
.m3{grid-template-columns:2fr 1fr}
.m3 figure:first-child{grid-row:span 2}
figure{margin:0;position:relative;background:var(--fill);min-height:0}
figure a{display:block;height:100%}
figure img,figure video{display:block;width:100%;height:100%;max-height:26rem;object-fit:cover}
.m2 img,.m4 img{aspect-ratio:4/3}
figcaption{position:absolute;left:.5rem;bottom:.5rem;max-width:calc(100% - 1rem);background:rgb(0 0 0/.72);color:#fff;border-radius:7px;padding:.12rem .5rem;font-size:.75rem;line-height:1.5;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
figcaption b{letter-spacing:.04em;margin-right:.15rem}
figure:hover figcaption{white-space:normal}
figcaption.missing{background:#7a3a00}
.card{display:grid;gap:.05rem;margin-top:.7rem;padding:.65rem .85rem;border:1px solid var(--line);border-radius:12px;text-decoration:none;background:color-mix(in srgb,var(--fill) 55%,var(--card))}
.card:hover{border-color:var(--accent)}
.as-message .card{border-left:4px solid color-mix(in srgb,var(--accent) 60%,var(--line))}
.card .host{color:var(--soft);font-size:.8rem}
.card .host::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.35rem;vertical-align:-.1rem;background:currentColor;mask:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%23000' stroke-width='1.8' stroke-linecap='round'%3E%3Cpath d='M6.8 9.2a3 3 0 0 0 4.2 0l2.3-2.3a3 3 0 0 0-4.2-4.2L8 3.8M9.2 6.8a3 3 0 0 0-4.2 0L2.7 9.1a3 3 0 0 0 4.2 4.2L8 12.2'/%3E%3C/svg%3E") center/contain no-repeat}
.card .thumb{width:100%;max-height:14rem;object-fit:cover;border-radius:8px;margin-bottom:.35rem}
.card b{font-weight:600;line-height:1.4}
.card .about{color:var(--soft);font-size:.88rem;line-height:1.45}
.deleted{opacity:.6}
.deleted .text,.deleted h2{text-decoration:line-through;color:var(--soft)}
.notes{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;padding:0;margin:0}
.notes li{font-size:.76rem;color:var(--soft);background:var(--fill);border-radius:6px;padding:.1rem .5rem}
footer{display:flex;align-items:center;gap:.75rem;margin-top:.55rem;color:var(--soft);font-size:.78rem;font-variant-numeric:tabular-nums}
footer:empty{display:none}
.place{flex:none}
.counter{flex:none;margin-left:auto;display:inline-flex;align-items:center;gap:.5rem}
progress{appearance:none;width:3.5rem;height:4px;border:0;border-radius:2px;overflow:hidden;background:var(--line)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:color-mix(in srgb,var(--accent) 75%,var(--card))}
progress::-moz-progress-bar{background:color-mix(in srgb,var(--accent) 75%,var(--card))}
.near{color:var(--warn)}
.near progress::-webkit-progress-value{background:var(--warn)}
.over{color:var(--bad);font-weight:600}
.as-article .post{grid-template-columns:minmax(0,1fr)}
.as-article .rail{display:none}
.as-article .body h2{font:700 1.45rem/1.25 var(--serif);letter-spacing:-.01em;margin:.35rem 0 .3rem}
.body h2{font-size:1.2rem;line-height:1.3;margin:.3rem 0}
.title{text-decoration:none}
.title:hover{color:var(--accent)}
.as-article .text{font-family:var(--serif);font-size:1.03rem;white-space:normal}
.as-article .text p{margin:.5rem 0}
.as-article .text ul,.as-article .text ol{margin:.4rem 0;padding-left:1.4rem}
.text table{border-collapse:collapse;font-size:.92em;display:block;overflow-x:auto}
.text th,.text td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left}
.empty{padding-top:12vh;padding-bottom:4rem;text-align:center;color:var(--soft)}
.empty h2{color:var(--ink);font:700 1.6rem/1.3 var(--serif);margin:1.4rem 0 .3rem}
.empty p{max-width:30rem;margin:0 auto 1.2rem}
.empty pre{display:inline-block;max-width:100%;margin:0;overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.75rem 1.1rem;color:var(--ink);font:.92rem var(--mono)}
.stack{position:relative;height:6rem;width:13rem;margin:0 auto}
.stack span{position:absolute;inset:auto 0 0;height:4.2rem;border-radius:14px;border:1px solid var(--line);background:var(--card)}
.stack span:nth-child(1){transform:translateY(-1.6rem) scale(.84);opacity:.5}
.stack span:nth-child(2){transform:translateY(-.8rem) scale(.92);opacity:.75}
.stack span:nth-child(3)::before,.stack span:nth-child(3)::after{content:"";position:absolute;left:3.6rem;height:.55rem;border-radius:.3rem;background:var(--line)}
.stack span:nth-child(3)::before{top:1.15rem;width:45%}
.stack span:nth-child(3)::after{top:2.2rem;width:60%}
.stack span:nth-child(3){background:radial-gradient(circle at 2rem 50%,var(--line) 1rem,transparent 1.05rem) var(--card)}
@media (max-width:34rem){.hint{display:none}.filters{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none}.thread{border-radius:14px;padding:.95rem .95rem .8rem}.post{grid-template-columns:2.25rem minmax(0,1fr);gap:0 .7rem}.avatar{width:2.25rem;height:2.25rem;font-size:.95rem}main{gap:.75rem;padding-top:.9rem}.inner,.filters,main,.empty{padding-left:.75rem;padding-right:.75rem}}
@media print{.bar{position:static}.filters,.live{display:none}.thread{break-inside:avoid}}
`;

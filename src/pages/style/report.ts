/** The report. */
export const report = `
.rep{max-width:78rem;margin-inline:auto;padding-inline:var(--pad)}
.rep+.rep{margin-top:5rem;padding-top:2.5rem;position:relative}
.rep+.rep::before{content:"";position:absolute;inset:0 var(--pad) auto;border-top:1px solid var(--line)}
.rh{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:end;padding-top:1.25rem}
.rh h1,.rh h2{font:600 clamp(1.75rem,4vw,2.5rem)/1.12 var(--serif);letter-spacing:-.015em;text-wrap:balance}
.rh .cap{width:100%;margin-bottom:-.35rem}
.rh p:last-child{color:var(--soft);font-size:var(--s);width:100%}
.figs{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1.25rem 2rem;margin-top:1.75rem;border-block:1px solid var(--line);padding-block:1.15rem 1.25rem}
.figs div{display:flex;flex-direction:column}
.figs dt{font-size:var(--s);font-weight:600;order:2}
.figs .n{order:1;font:600 2.125rem/1.15 var(--serif);letter-spacing:-.01em;font-variant-numeric:lining-nums}
.figs .of{order:3;font-size:var(--xs);color:var(--soft);line-height:1.4;margin-top:.1rem}
.blk{margin-top:2.75rem;min-width:0}
.blk h2,.blk h3{font:600 1.375rem/1.25 var(--serif);letter-spacing:-.005em}
.blk .lead2{color:var(--soft);font-size:var(--s);margin-top:.2rem;max-width:44rem}
.two-c{display:grid;grid-template-columns:minmax(0,1.55fr) minmax(0,1fr);gap:0 3.5rem;align-items:start}
.multi{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:1.5rem 1.75rem;margin-top:1.1rem}
.sm{min-width:0}
.sm figcaption{display:flex;align-items:center;gap:.5rem;font-size:var(--s);font-weight:600}
.sm figcaption .num{margin-left:auto;font-weight:650}
.sm svg.ch{width:100%;height:auto;margin-top:.5rem;overflow:visible}
.sm .ft{font-size:var(--xs);color:var(--soft);margin-top:.25rem;line-height:1.4}
.ax{stroke:var(--edge);stroke-width:1;opacity:.6;vector-effect:non-scaling-stroke}
.ln{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.ar{fill:var(--accent);opacity:.12}
.hf{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3;vector-effect:non-scaling-stroke}
.pt{fill:var(--accent)}
.bar{fill:var(--accent)}.bar.hi{fill:var(--ink)}
.unk{fill:url(#hatch);stroke:var(--edge);stroke-width:.75;vector-effect:non-scaling-stroke}
.hl{stroke:var(--edge);stroke-width:1.2}
.tbl{width:100%;border-collapse:collapse;font-size:var(--s);margin-top:.9rem}
.tbl th,.tbl td{text-align:left;padding:.35rem .75rem .35rem 0;font-weight:400;border-bottom:1px solid var(--line);vertical-align:middle}
.tbl thead th{font-size:var(--xs);font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom-color:var(--edge)}
.tbl tbody th .nm{display:flex;align-items:center;gap:.6rem;font-weight:550}
.tbl .r{text-align:right;font-variant-numeric:tabular-nums}
.tbl tr:last-child>*{border-bottom:0}
.tbl tfoot th,.tbl tfoot td{border-top:1px solid var(--edge);font-weight:600}
.vb{display:grid;grid-template-columns:2.75rem minmax(3rem,1fr);gap:.5rem;align-items:center}
.vb .num{text-align:right;font-variant-numeric:tabular-nums;font-weight:600}
.vb svg{width:100%;height:.75rem}
.nt{color:var(--soft);font-style:italic;font-size:var(--xs)}
.nt svg{display:inline-block;width:1.5rem;height:.75rem;vertical-align:-.1rem;margin-right:.4rem}
.no{color:var(--soft)}
.sp{display:flex;align-items:end;gap:.7rem}
.sp svg{width:8.5rem;height:1.75rem;flex:0 1 auto;min-width:4rem}
.sp .num{font-weight:600;min-width:3.1rem;text-align:right;font-variant-numeric:tabular-nums}
.sp .pk{font-size:var(--xs);color:var(--soft);white-space:nowrap}
.behind{margin-top:.85rem;font-size:var(--s)}
.behind>summary{cursor:pointer;color:var(--soft);display:inline-flex;gap:.4rem;align-items:center;list-style:none;border-radius:6px;padding:.1rem .3rem;margin-left:-.3rem}
.behind>summary::before{content:"▸";font-size:.7em}.behind[open]>summary::before{content:"▾"}
.behind>summary::-webkit-details-marker{display:none}
.behind>summary:hover{color:var(--ink);text-decoration:underline}
.behind .tbl{margin-top:.4rem;background:var(--sheet)}
.scrollx{overflow-x:auto;position:relative}
.rng{width:100%;height:1.25rem;overflow:visible;min-width:12rem}
.rng .w{stroke:var(--edge);stroke-width:1.5;vector-effect:non-scaling-stroke}
.heat td{text-align:center;padding:.1rem;border:0;height:2.4rem}
.heat th{border:0;font-size:var(--xs);color:var(--soft);padding:.1rem .6rem .1rem 0;white-space:nowrap}
.heat thead th{text-align:center;padding:.1rem}
.heat svg{width:2.25rem;height:2.25rem;margin:auto}
.heat .bub2{fill:var(--accent)}.heat .top .bub2{fill:var(--ink)}
.heat .few{stroke:var(--edge);stroke-width:1.25;fill:none}
.heat text{font:600 11px var(--sans);fill:var(--on-accent);text-anchor:middle}
.heat .top text{fill:var(--paper)}
.pollr{margin-top:.9rem;display:grid;gap:.6rem;font-size:var(--s)}
.pollr li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.15rem 1rem}
.pollr svg{grid-column:1/-1;width:100%;height:.75rem}
.pollr .first{font-weight:650}
.reps{margin-top:.9rem;display:grid}
.reps>li{display:grid;grid-template-columns:1.625rem minmax(0,1fr);gap:0 .75rem;padding:.8rem 0;border-bottom:1px solid var(--line);position:relative}
.reps>li:first-child{border-top:1px solid var(--line)}
.reps .by{display:flex;flex-wrap:wrap;gap:0 .5rem;align-items:baseline;font-size:var(--s)}
.reps .by span{color:var(--soft)}
.reps .new{font-size:var(--xs);font-weight:650;color:var(--accent);border:1.5px solid currentColor;border-radius:999px;padding:0 .45rem;margin-left:auto}
.reps p.t{margin-top:.1rem;overflow-wrap:anywhere;max-width:44rem}
.reps .act{display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:var(--xs);color:var(--soft);margin-top:.3rem}
.reps .ans{border-left:2px solid var(--line);padding-left:.7rem;margin-top:.4rem;font-size:var(--s);color:var(--soft)}
.best{counter-reset:b;margin-top:.9rem;display:grid}
.best li{counter-increment:b;display:grid;grid-template-columns:1.75rem minmax(0,1fr) auto;gap:.1rem .75rem;padding:.75rem 0;border-bottom:1px solid var(--line);align-items:start}
.best li:first-child{border-top:1px solid var(--line)}
.best li::before{content:counter(b);font:600 1.375rem/1.2 var(--serif);color:var(--soft)}
.best a{font-weight:600;text-decoration:none}.best a:hover{text-decoration:underline}
.best .m{font-size:var(--s);color:var(--soft)}
.best .v{text-align:right;font-size:var(--s);color:var(--soft);white-space:nowrap}
.best .v b{display:block;color:var(--ink);font:600 1.25rem/1.2 var(--serif)}
.dark-list{margin-top:.9rem;display:grid;gap:.7rem;font-size:var(--s)}
.dark-list li{display:grid;grid-template-columns:1.5rem minmax(0,1fr);gap:.7rem}
.dark-list svg{width:1.5rem;height:.875rem;margin-top:.2rem}
@media (max-width:70rem){.sp .pk{display:none}.two-c{grid-template-columns:minmax(0,1fr)}}@media (max-width:56rem){.multi{grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}}
@media (max-width:44rem){
.figs{grid-template-columns:1fr 1fr}.multi{grid-template-columns:1fr 1fr;gap:1.25rem}
.tbl.reac thead,.tbl.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.tbl.reac tr,.tbl.wide tr{display:grid;grid-template-columns:1fr;gap:.1rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
.tbl.reac :is(th,td),.tbl.wide :is(th,td){border:0;padding:.1rem 0}
.tbl.reac td::before,.tbl.wide td::before{content:attr(data-l);font-size:var(--xs);color:var(--soft);display:inline-block;width:4.5rem;flex:none}
.tbl.reac td,.tbl.wide td{display:flex;align-items:center}
.kinds thead,.kinds tbody{display:block}.kinds tr{display:grid;grid-template-columns:minmax(4.5rem,1fr) 3.7rem repeat(3,2.9rem)}.kinds tbody tr{border-bottom:1px solid var(--line)}.kinds tbody :is(th,td){border:0}.kinds thead th{font-size:.6875rem;padding-right:.2rem}.kinds td{padding-right:.2rem}.kinds tr>:last-child{padding-right:0}.kinds tr>:last-child{grid-column:1/-1}.kinds thead tr>:last-child{display:none}
.sp .pk{display:inline}.vb{flex:1}.sp{flex:1}.sp svg{flex:1}
.heat svg{width:1.9rem;height:1.9rem}
}
@media (max-width:24rem){.sp .pk{display:none}}
@media print{.rep+.rep{break-before:page;margin-top:0;padding-top:0}.rep+.rep::before{display:none}.blk{margin-top:1.75rem}.blk :is(h2,h3),.lead2{break-after:avoid}.sm,.pollr,.heat,.kinds,.reps li,.best li,.tbl tr{break-inside:avoid}.multi{grid-template-columns:repeat(5,1fr);gap:1rem}.two-c{gap:0 2rem}.behind>summary{display:none}.sp svg{width:6rem}.noprint2{display:none}}
.wrap{max-width:78rem}
`;

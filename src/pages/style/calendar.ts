/** The calendar. */
export const calendar = `
.js .monthv>h2,.js .weekv>h2{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.ev .tt{font-weight:600;font-size:var(--s);line-height:1.3}.lanes .ct .tt{font-weight:600;display:block;text-wrap:balance}
.nav .btn[disabled]{opacity:.6}
.calhead{display:flex;flex-wrap:wrap;align-items:end;gap:.75rem 1.5rem;padding-top:.75rem}
.calhead h1{font:600 2.25rem/1.12 var(--serif);letter-spacing:-.015em}
.calhead .sub{color:var(--soft);font-size:var(--s);margin-top:.25rem}
.calhead .nav{display:flex;gap:.4rem;margin-left:auto;align-items:center}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.35rem;padding-block:.9rem .8rem;font-size:var(--s)}
.legend li{display:inline-flex;align-items:center;gap:.45rem}
.legend b{font-weight:650}
.i.out{color:var(--accent)}.i.sched{color:var(--ink)}.i.planned{color:var(--soft)}.i.held{color:var(--warn)}.i.failed{color:var(--bad)}
.cut{stroke:var(--sheet);stroke-width:1.8}
.deskc{display:grid;grid-template-columns:minmax(0,1fr) 17.5rem;gap:0 2.25rem;align-items:start;margin-top:.75rem}
.month{border:1px solid var(--line);border-radius:16px;overflow:clip;background:var(--sheet);box-shadow:0 1px 2px var(--shadow),0 8px 26px -18px var(--shadow)}
.dow,.wk{display:grid;grid-template-columns:repeat(5,minmax(0,1fr)) repeat(2,minmax(0,.56fr))}
.dow{background:var(--inset);border-bottom:1px solid var(--line)}
.dow span{padding:.45rem .7rem}
.wk+.wk{border-top:1px solid var(--line)}
.day{position:relative;min-height:7.75rem;padding:.45rem .5rem .6rem;min-width:0;display:grid;align-content:start;gap:.35rem}
.day+.day{border-left:1px solid var(--line)}
.day.past{background:color-mix(in srgb,var(--inset) 70%,var(--sheet))}
.day.other .d{color:var(--soft)}
.day .d{font-size:var(--s);font-weight:550;padding:.05rem .2rem;display:flex;gap:.4rem;align-items:center;min-height:1.5rem}
.day.now{box-shadow:inset 0 0 0 2px var(--accent)}
.day.now .d{color:var(--accent);font-weight:700}
.day.now .d .t{background:var(--accent);color:var(--on-accent);border-radius:999px;padding:.05rem .55rem;font-size:var(--xs)}
.day.hole{background-image:repeating-linear-gradient(-45deg,transparent 0 8px,color-mix(in srgb,var(--ink) 5%,transparent) 8px 10px)}
.gap{font-size:var(--xs);line-height:1.35;color:var(--soft);padding:.15rem .3rem;background:var(--sheet);border-radius:6px;justify-self:start;display:flex;gap:.4rem}
.gap .i{width:.875rem;height:.875rem;margin-top:.1rem}
.gap b{color:var(--ink);font-weight:600}
.ev{position:relative;display:grid;grid-template-columns:1rem minmax(0,1fr);gap:0 .4rem;border-radius:8px;padding:.32rem .4rem .38rem;font-size:var(--xs);line-height:1.35;border:1px solid transparent;background:var(--paper)}
.day.past .ev{background:none}
.ev .i{width:.9375rem;height:.9375rem;margin-top:.04rem}
.ev a{text-decoration:none;font-weight:600;font-size:var(--s);line-height:1.3}
.ev a::after{content:"";position:absolute;inset:0;border-radius:8px}
.ev a:hover{text-decoration:underline}
.ev a:focus-visible{outline:none}.ev:has(a:focus-visible){outline:2.5px solid var(--accent);outline-offset:1px}
.ev .tm{color:var(--soft);font-variant-numeric:tabular-nums;display:flex;gap:.35rem;align-items:center;flex-wrap:wrap}
.ev .chs{color:var(--soft);margin-top:.1rem}
.ev.planned{border:1px dashed var(--edge);background:none}
.ev.held{border:1.5px solid var(--warn);background:var(--warn-wash)}
.ev .bad{color:var(--bad);font-weight:600;display:flex;gap:.3rem;align-items:center}
.ev .wn{color:var(--warn);font-weight:600;display:flex;gap:.3rem;align-items:center}
.ev .tm .int{font-size:.6875rem;padding:0 .3rem 0 .25rem;border-radius:4px;gap:.2rem}.ev .tm .int .i{width:.7rem;height:.7rem;margin:0}
.clash{display:flex;gap:.35rem;align-items:center;font-size:var(--xs);font-weight:600;color:var(--warn);padding-left:.45rem;margin:-.15rem 0;position:relative}
.clash::before{content:"";position:absolute;left:.05rem;top:-.5rem;bottom:-.5rem;width:.3rem;border:1.5px solid var(--warn);border-right:0;border-radius:4px 0 0 4px}
.clash .i{width:.875rem;height:.875rem}
.rail{display:grid;gap:1.5rem;font-size:var(--s)}
.rail h2{font:600 1.25rem/1.2 var(--serif)}
.rail ul{display:grid;gap:.75rem;margin-top:.7rem}
.rail li{display:grid;grid-template-columns:1.125rem minmax(0,1fr);gap:.55rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}
.rail li:last-child{border:0;padding:0}
.rail .i{width:1.125rem;height:1.125rem;margin-top:.1rem}
.rail b{font-weight:600}
.rail code{display:inline-block;margin-top:.25rem;background:var(--sheet);border:1px solid var(--line);border-radius:6px;padding:.1em .45em;overflow-wrap:anywhere;font-size:.75rem}
.rail .clash-i{color:var(--warn)}
.legend .clash-i{color:var(--warn)}
.weekv{margin-top:2.75rem}
.js .weekv,.js .monthv{margin-top:0}
.weekv>h2,.monthv>h2{font:600 1.5rem/1.2 var(--serif);margin-bottom:.75rem}
.scroll{position:relative;overflow-x:auto;border:1px solid var(--line);border-radius:16px;background:var(--sheet);box-shadow:0 1px 2px var(--shadow),0 8px 26px -18px var(--shadow)}
.lanes{border-collapse:separate;border-spacing:0;width:100%;font-size:var(--s);min-width:62rem}
.lanes th,.lanes td{padding:0;text-align:left;font-weight:400;vertical-align:middle}
.lanes thead th{background:var(--inset);border-bottom:1px solid var(--line)}
.lanes thead .dn{white-space:nowrap;padding:.5rem .6rem .3rem;font-weight:600;border-left:1px solid var(--line);border-bottom:0}
.lanes thead .dn.now{color:var(--accent);box-shadow:inset 0 3px 0 var(--accent)}
.lanes .ct{vertical-align:bottom;padding:.15rem .5rem .55rem;line-height:1.3;border-left:1px solid transparent;min-width:6.25rem}
.lanes .ct.first,.lanes td.first{border-left:1px solid var(--line)}
.lanes .ct .tm{display:block;color:var(--soft);font-variant-numeric:tabular-nums;font-size:var(--xs)}
.lanes .ct a{font-weight:600;text-decoration:none;display:block;text-wrap:balance}.lanes .ct a:hover{text-decoration:underline}
.lanes .none{min-width:3.75rem;width:3.75rem}
.lanes tbody th{position:sticky;left:0;background:var(--sheet);z-index:2;padding:.1rem .75rem .1rem .8rem;border-bottom:1px solid var(--line);white-space:nowrap;width:10.5rem}
.lanes thead .corner{position:sticky;left:0;z-index:3}
.lanes tbody th>span{display:flex;align-items:center;gap:.6rem;font-weight:550;height:2.5rem}
.lanes tbody td{border-bottom:1px solid var(--line);height:2.7rem;position:relative}
.lanes tbody tr:last-child>*{border-bottom:0}
.lanes td.on{padding-left:.5rem}
.st{position:relative;display:inline-flex;align-items:center;gap:.4rem;font-size:var(--xs);font-variant-numeric:tabular-nums;z-index:1;white-space:nowrap}
.st .i{width:1.125rem;height:1.125rem;background:var(--sheet);border-radius:50%;box-shadow:0 0 0 3px var(--sheet)}
.lanes td.up::before,.lanes td.dn2::after{content:"";position:absolute;left:calc(.5rem + .5625rem - .5px);width:1px;background:var(--edge);opacity:.65}
.lanes td.up::before{top:0;height:50%}.lanes td.dn2::after{bottom:0;height:50%}
.lanes td.on .far{color:var(--soft)}
.lanes .hit{color:var(--warn);font-weight:600}
.lanes .nx{color:var(--soft);font-size:var(--xs);padding:0 .8rem;border-left:1px solid var(--line);white-space:nowrap}
.lanes thead .nx{font-weight:600}
.lanes .nx.long{color:var(--warn);font-weight:600}
.lanes .grp th{height:1.9rem;background:var(--inset);font-size:var(--xs);font-weight:600;letter-spacing:.03em}
.lanes .grp.in th{background:var(--ink);color:var(--paper);background-image:repeating-linear-gradient(-45deg,transparent 0 6px,color-mix(in srgb,var(--paper) 16%,transparent) 6px 8px)}
.lanes .grp th>span{height:auto;gap:.4rem}
.lanes .grp.in th>span{background:var(--ink);padding-right:.5rem;justify-self:start;width:max-content}
.lanes td.today{background:color-mix(in srgb,var(--accent) 5%,transparent)}
.later{margin-top:1.25rem;font-size:var(--s);color:var(--soft)}
@media (max-width:79.99rem){.deskc{grid-template-columns:minmax(0,1fr)}.rail{margin-top:2.25rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr))}
.rail ul{grid-template-columns:minmax(0,1fr)}}
@media (max-width:60rem){.day{min-height:6rem;padding:.35rem .3rem}.ev{padding:.25rem .3rem}}
@media (max-width:44rem){
.calhead .nav{margin-left:0;width:100%}.calhead .nav .seg{margin-left:auto}
.dow{display:none}.wk{display:block}.wk+.wk{border-top:1px solid var(--line)}
.day{min-height:0;padding:.7rem .8rem .8rem}.day+.day{border-left:0;border-top:1px solid var(--line)}
.day:not(:has(.ev,.gap)):not(.now){display:none}
.day .d{font-size:var(--m)}
.ev{padding:.45rem .6rem .5rem}.ev a{font-size:var(--m)}
.legend{gap:.25rem 1rem}
}
@media (min-width:44.01rem){.day .dw{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
@media print{.monthv{break-inside:avoid}.monthv+.monthv{margin-top:2rem}.monthv>h2,.weekv>h2{break-after:avoid}.weekv.void{display:none!important}.js .monthv>h2,.js .weekv>h2{position:static;width:auto;height:auto;clip-path:none}.deskc{display:block}.rail{break-before:page;grid-template-columns:1fr 1fr}.day{min-height:5.2rem}.month,.scroll{box-shadow:none;break-inside:avoid}.scroll{overflow:visible}.lanes{min-width:0;font-size:.7rem}.lanes .ct{min-width:0}.lanes tbody td{height:2rem}.lanes tbody th>span{height:1.9rem}.weekv{break-before:page;margin-top:0}.weekv[hidden],.monthv[hidden]{display:block!important}.calhead h1{font-size:2rem}@page{size:A4 landscape}}
.lanes .lost{color:var(--bad);font-weight:600}
.evs{display:grid;gap:.35rem}
`;

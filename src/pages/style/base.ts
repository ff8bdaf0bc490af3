/** Tokens, type, buttons: what every page has. No `style` attribute anywhere: the policy allows this sheet and nothing else. */
export const base = `
:root{color-scheme:light dark;
--paper:light-dark(#f3f1ec,#171613);--sheet:light-dark(#fffefb,#211f1c);--inset:light-dark(#f7f4ee,#1b1a17);--fill:light-dark(#e9e5dc,#2d2a26);
--line:light-dark(#ddd8cd,#3a3631);--edge:light-dark(#857d70,#8b8478);--ink:light-dark(#1f2328,#ece8df);--soft:light-dark(#585d64,#b0a99d);
--accent:light-dark(#17635a,#7accbe);--on-accent:light-dark(#fffefb,#0f1f1c);--wash:light-dark(#e3eeea,#1f2f2b);
--good:light-dark(#1c6b45,#7fd1a4);--warn:light-dark(#8a4b00,#f0b869);--bad:light-dark(#a3271a,#ff9d8f);
--warn-wash:light-dark(#fbefdb,#33291a);--bad-wash:light-dark(#fbe6e1,#3a231f);--ins:light-dark(#dcefe2,#1f3a2b);--del:light-dark(#f9e0da,#452620);
--shadow:light-dark(rgb(60 50 30/.07),rgb(0 0 0/.35));
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;--serif:"Iowan Old Style",Charter,Georgia,Cambria,serif;--mono:ui-monospace,"SF Mono",Menlo,Consolas,monospace;
--xs:.75rem;--s:.8125rem;--m:.9375rem;--l:1.0625rem;--xl:1.375rem;--a:var(--soft);--r:14px;--pad:clamp(1rem,3vw,2.5rem);--stick:7rem}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
@supports not (color:light-dark(#000,#fff)){:root{--paper:#f3f1ec;--sheet:#fffefb;--inset:#f7f4ee;--fill:#e9e5dc;--line:#ddd8cd;--edge:#857d70;--ink:#1f2328;--soft:#585d64;--accent:#17635a;--on-accent:#fffefb;--wash:#e3eeea;--good:#1c6b45;--warn:#8a4b00;--bad:#a3271a;--warn-wash:#fbefdb;--bad-wash:#fbe6e1;--ins:#dcefe2;--del:#f9e0da;--shadow:rgb(60 50 30/.07)}}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding-top:calc(var(--stick) + 1.5rem);-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--paper);color:var(--ink);font:var(--m)/1.5 var(--sans);font-feature-settings:"tnum" 0;overflow-wrap:break-word}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,fieldset,table,blockquote{margin:0;padding:0}
ul,ol{list-style:none}fieldset{border:0;min-width:0}
a{color:inherit;text-underline-offset:.18em;text-decoration-thickness:1px}
button,input,select,textarea{font:inherit;color:inherit}
svg{display:block;flex:none}
.i{width:1rem;height:1rem;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
:focus-visible{outline:2.5px solid var(--accent);outline-offset:2px;border-radius:5px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:var(--pad);top:-4rem;z-index:9;background:var(--ink);color:var(--paper);padding:.5rem 1rem;border-radius:8px}
.skip:focus{top:.5rem}
:root:not(.js) .js-only{display:none}
.num{font-variant-numeric:tabular-nums}
.mono,code,kbd{font-family:var(--mono);font-size:.875em}
.soft{color:var(--soft)}
.wrap{max-width:90rem;margin-inline:auto;padding-inline:var(--pad)}
.top{display:flex;align-items:center;gap:.5rem 1.25rem;flex-wrap:wrap;padding-block:.9rem}
.word{display:inline-flex;align-items:center;gap:.55rem;font-weight:650;letter-spacing:-.01em;text-decoration:none}
.word svg{width:1.5rem;height:1.5rem}
.word .dot{fill:var(--accent)}
.top .where{color:var(--soft);font-size:var(--s);font-weight:400}
.top .end{margin-left:auto;display:flex;align-items:center;gap:.75rem;font-size:var(--s)}
.btn{display:inline-flex;align-items:center;justify-content:center;gap:.45rem;min-height:2.25rem;padding:.3rem .85rem;border:1px solid var(--edge);border-radius:9px;background:var(--sheet);font-size:var(--s);font-weight:550;cursor:pointer;text-decoration:none}
.btn:hover{border-color:var(--ink)}
.btn.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.btn.main:hover{filter:brightness(1.08)}
.btn.quiet{border-color:transparent;background:none}
.btn[disabled]{cursor:not-allowed;background:var(--fill);border-color:var(--fill);color:var(--soft)}
.tabs{display:flex;flex-wrap:wrap;gap:.25rem}
.tabs a{padding:.3rem .7rem;border-radius:8px;font-size:var(--s);text-decoration:none;color:var(--soft)}
.tabs a:hover{color:var(--ink);text-decoration:underline}
.tabs a[aria-current]{background:var(--fill);color:var(--ink);font-weight:600}
.mark{display:inline-grid;place-items:center;flex:none;width:1.625rem;height:1.625rem;border-radius:7px;border:1.5px solid var(--a);background:color-mix(in srgb,var(--a) 9%,var(--sheet));color:var(--a);font:700 .75rem/1 var(--sans);letter-spacing:-.01em}
.cap{font-size:var(--xs);font-weight:600;letter-spacing:.045em;text-transform:uppercase;color:var(--soft)}
.chip{display:inline-flex;align-items:center;gap:.35rem;font-size:var(--xs);font-weight:600;border-radius:999px;padding:.1rem .55rem;border:1px solid var(--line)}
.ext,.int{display:inline-flex;align-items:center;gap:.35rem;font-size:var(--s);font-weight:600}
.int{background:var(--ink);color:var(--paper);border-radius:6px;padding:.05rem .5rem .05rem .4rem}
.ext .i,.int .i{width:.9375rem;height:.9375rem}
.seg{display:inline-flex;border:1px solid var(--edge);border-radius:9px;background:var(--sheet);overflow:clip}
.seg label{position:relative;display:flex;align-items:center;min-height:2.125rem;padding:0 .65rem;font-size:var(--s);cursor:pointer}
.seg label+label{border-left:1px solid var(--line)}
.seg input{position:absolute;inset:0;opacity:0;margin:0;cursor:pointer}
.seg label:has(:checked){background:var(--ink);color:var(--paper);font-weight:600}
.seg label:has(:focus-visible){outline:2.5px solid var(--accent);outline-offset:-3px;border-radius:8px}
.pick{min-height:2.25rem;border:1px solid var(--edge);border-radius:9px;background:var(--sheet);padding:0 .6rem;font-size:var(--s);max-width:100%}
.tick{display:inline-flex;align-items:center;gap:.5rem;min-height:2.25rem;font-size:var(--s);cursor:pointer}
.tick input{width:1.125rem;height:1.125rem;margin:0;accent-color:var(--accent)}
.foot{border-top:1px solid var(--line);margin-top:4rem;padding-block:1.5rem 2.5rem;color:var(--soft);font-size:var(--s);display:flex;flex-wrap:wrap;gap:.25rem 2rem}
ins{text-decoration:underline;text-decoration-thickness:1.5px;background:var(--ins);border-radius:3px;padding:0 .12em}
del{text-decoration:line-through;background:var(--del);border-radius:3px;padding:0 .12em;color:var(--soft)}
.filters{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center;padding-block:0 .9rem;border:0}
.fold-in>summary{list-style:none}.fold-in>summary::-webkit-details-marker{display:none}
@media (min-width:44.01rem){@supports selector(::details-content){.fold-in>summary{display:none}.fold-in::details-content{content-visibility:visible;block-size:auto}}}
.filters .out{margin-left:auto;font-size:var(--s);color:var(--soft)}
.filters fieldset{display:flex;align-items:center;gap:.5rem}
.live{display:inline-flex;align-items:center;gap:.45rem}
.live::before{content:"";width:.5rem;height:.5rem;border-radius:50%;background:var(--good);box-shadow:0 0 0 3px color-mix(in srgb,var(--good) 22%,transparent)}
.live.off{color:var(--bad)}.live.off::before{background:var(--bad);box-shadow:none}
.cut{stroke:var(--sheet)}
@media (max-width:79.99rem){.top nav{order:9;width:100%;margin-left:-.7rem}}
@media (max-width:44rem){.top .end .where{display:none}.top [data-theme-button]>span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.tabs{flex-wrap:nowrap;overflow-x:auto;scrollbar-width:none;margin-inline:calc(-1*var(--pad) + .7rem) calc(-1*var(--pad));padding-inline:calc(var(--pad) - .7rem)}.tabs li{flex:none}}
@media (forced-colors:active){.seg label:has(:checked),.btn.main{background:Highlight;color:HighlightText;forced-color-adjust:none}.int,.mark,.ev,.sheet{border:1px solid}.bar,.pt,.bub2{fill:CanvasText}}
@media print{
@page{size:A4;margin:14mm 13mm 18mm;@bottom-right{content:counter(page) " of " counter(pages);font:8pt system-ui,sans-serif;color:#585d64}}
:root,:root[data-theme]{color-scheme:light;--paper:#fff;--stick:0rem}
html{font-size:11.5px}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.js-only,.noprint,.skip{display:none!important}
.wrap{padding-inline:0;max-width:none}
a{text-decoration:none}
details::details-content{content-visibility:visible;block-size:auto;opacity:1}
}
`;

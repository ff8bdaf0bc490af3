/** The panel in which a person signs off, and the comments. */
export const signOff = `
.desk{display:grid;grid-template-columns:minmax(0,1fr) 21.5rem;gap:0 3rem;align-items:start}
.desk>.main{min-width:0}
.one .desk .cols{margin-inline:0;max-width:none}
.one .desk .proof{grid-template-columns:minmax(0,34rem) minmax(15rem,1fr)}
.panel{position:sticky;top:calc(var(--stick) + 1.25rem);margin-top:1.25rem;background:var(--sheet);border:1px solid var(--line);border-radius:16px;box-shadow:0 1px 2px var(--shadow),0 10px 30px -16px var(--shadow);padding:1.15rem 1.25rem 1.25rem;font-size:var(--s);max-height:calc(100vh - var(--stick) - 2.5rem);overflow:auto}
.panel>h2{font:600 1.375rem/1.2 var(--serif);letter-spacing:-.01em}
.panel>p{margin-top:.25rem;color:var(--soft)}
.steps{counter-reset:s;margin-top:.9rem}
.steps>li{counter-increment:s;display:grid;grid-template-columns:1.5rem minmax(0,1fr);gap:0 .65rem;padding-bottom:1rem;position:relative}
.steps>li::before{content:counter(s);width:1.5rem;height:1.5rem;border-radius:50%;border:1.5px solid var(--edge);display:grid;place-items:center;font-weight:600;font-size:var(--xs);background:var(--sheet);z-index:1}
.steps>li:not(:last-child)::after{content:"";position:absolute;left:calc(.75rem - .5px);top:1.5rem;bottom:0;border-left:1px solid var(--line)}
.steps>li:last-child{padding-bottom:0}
.steps>li.done::before{content:"✓";background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.steps h3{font-size:var(--m);font-weight:600;line-height:1.5rem}
.steps label.h{font-size:var(--m);font-weight:600;line-height:1.5rem;display:block}
.marks{display:grid;grid-template-columns:repeat(5,2.1rem);gap:.55rem .6rem;margin-top:.5rem}
.marks a{position:relative;display:block;text-decoration:none;border-radius:7px}
.marks .mark{width:2.1rem;height:2rem}
.marks .done .mark{background:none;border-color:var(--line);color:var(--soft);font-weight:500}
.marks .done::after{content:"✓";position:absolute;right:-.4rem;bottom:-.35rem;width:.95rem;height:.95rem;border-radius:50%;background:var(--accent);color:var(--on-accent);font:700 .625rem/.95rem var(--sans);text-align:center}
.cmp{display:flex;gap:.8rem;align-items:center;margin-top:.45rem}
.cmp svg{width:3.75rem;height:3.75rem;border-radius:8px}
.cmp b{display:block;font-size:var(--m);line-height:1.35}
.cmp code{display:block;color:var(--soft);margin-top:.15rem;font-size:.75rem}
.panel input[type=text],.say textarea,.say input[type=text]{width:100%;border:1px solid var(--edge);border-radius:9px;background:var(--paper);padding:.45rem .65rem;font-size:var(--m);margin-top:.3rem}
.panel .btn.main{width:100%;min-height:2.75rem;font-size:var(--m);margin-top:.35rem}
.hint{color:var(--soft);margin-top:.3rem;line-height:1.4}
.seen{display:flex;align-items:center;gap:.55rem;border:1px solid var(--edge);border-radius:9px;background:var(--sheet);padding:.35rem .75rem;font-size:var(--s);font-weight:550;cursor:pointer;justify-self:start;min-height:2.25rem}
.seen:hover{border-color:var(--ink)}
.seen input{width:1.125rem;height:1.125rem;margin:0;accent-color:var(--accent)}
.seen:has(:checked){border-color:transparent;background:var(--wash);color:var(--accent)}
.seen:has(:focus-visible){outline:2.5px solid var(--accent);outline-offset:2px}
.seen input:focus-visible{outline:none}
.talk{display:grid;gap:.5rem;margin-top:.15rem}
.talk li{background:var(--sheet);border:1px solid var(--line);border-left:3px solid var(--accent);border-radius:4px 10px 10px 4px;padding:.55rem .75rem .6rem}
.talk li.closed{border-left-color:var(--line);background:none}
.talk .by{display:flex;flex-wrap:wrap;gap:0 .5rem;color:var(--soft);font-size:var(--xs)}
.talk .by b{color:var(--ink)}
.talk q{display:block;quotes:none;border-left:2px solid var(--line);padding-left:.5rem;margin:.25rem 0;color:var(--soft)}
.say summary{display:inline-flex;align-items:center;gap:.4rem;list-style:none;cursor:pointer;color:var(--soft);border-radius:6px;padding:.2rem .35rem;margin-left:-.35rem}
.say summary::-webkit-details-marker{display:none}
.say summary:hover{color:var(--ink);text-decoration:underline}
.say form{display:grid;gap:.5rem;margin-top:.35rem}
.say textarea{min-height:4.5rem;resize:vertical;field-sizing:content;background:var(--sheet);font-size:var(--s);margin:0}
.say .btn{justify-self:start}
.dock{display:none}
.spec{margin-top:3.5rem;border:1.5px dashed var(--edge);border-radius:18px;padding:1.5rem}
.spec h2{font:600 1.375rem/1.2 var(--serif)}
.spec>p{color:var(--soft);font-size:var(--s);margin-top:.2rem}
.spec .row4{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1.25rem;margin-top:1.25rem;align-items:start}
.spec .panel{position:static;margin:0}
.spec h3{font:600 1.125rem/1.3 var(--serif)}
.spec .panel>*+*{margin-top:.6rem}
.seal{display:grid;place-items:center;width:3rem;height:3rem;border-radius:50%;background:var(--accent);color:var(--on-accent)}
.seal .i{width:1.6rem;height:1.6rem;stroke-width:2}
.seal.warn{background:var(--warn-wash);color:var(--warn)}.seal.bad{background:var(--bad-wash);color:var(--bad)}.seal.off{background:var(--fill);color:var(--soft)}
.alarm{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;background:var(--warn-wash);border:1.5px solid var(--warn);border-radius:12px;padding:.7rem 1rem;font-size:var(--s);margin-top:1.25rem}
.alarm>.i{color:var(--warn);width:1.25rem;height:1.25rem}
.alarm b{font-weight:650}
.alarm .btn{margin-left:auto}
@media (max-width:79.99rem){
.desk{grid-template-columns:minmax(0,1fr)}
.panel{position:static;max-width:34rem;max-height:none}
.dock{display:flex;position:sticky;bottom:0;z-index:4;margin-inline:calc(-1*var(--pad));padding:.6rem var(--pad) calc(.6rem + env(safe-area-inset-bottom));background:color-mix(in srgb,var(--paper) 92%,transparent);backdrop-filter:blur(10px);border-top:1px solid var(--line);align-items:center;gap:1rem;font-size:var(--s)}
.dock .btn{margin-left:auto}
.one .desk .proof{grid-template-columns:minmax(0,34rem) minmax(13rem,1fr)}
}
@media (max-width:44rem){.one .desk .proof{grid-template-columns:minmax(0,1fr)}.spec{padding:1rem;border-radius:14px}}
@media print{.desk{display:block}.dock,.say,.seen,.spec,.panel{display:none!important}}
.desk .fold-in{margin-top:1.25rem}.desk .filters{gap:.6rem .75rem;padding-bottom:0}.talk q,.spec q{quotes:none}
.said{display:grid;grid-template-columns:1.125rem minmax(0,1fr);gap:.55rem;border-radius:9px;padding:.55rem .7rem;margin-top:.75rem!important}
.said.good{background:var(--wash);color:var(--accent)!important}.said.bad{background:var(--bad-wash);color:var(--bad)!important}
.said .i{margin-top:.15rem}
.done-line{display:flex;gap:.4rem;align-items:center;color:var(--good)!important;font-weight:600}
.link{border:0;background:none;padding:0;font:inherit;color:var(--accent);text-decoration:underline;cursor:pointer}
.talk form{display:inline}.talk .pre{white-space:pre-wrap;unicode-bidi:plaintext}
.general{border-top:1px solid var(--line);margin-top:1rem;padding-top:.75rem}
.say input[type=text]{margin:0;background:var(--sheet);font-size:var(--s)}
.quoted{display:block;quotes:none;border-left:2px solid var(--accent);padding-left:.5rem;color:var(--soft)}
`;

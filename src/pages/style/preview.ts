/** The preview: head, overview, findings, columns. */
export const preview = `
.finds+form,nav+form{margin-top:1.1rem}
.camp{border-top:1px solid var(--line);scroll-margin-top:calc(-1*var(--stick) - 1.5rem)}
.camp+.camp{margin-top:4.5rem}
.head{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--paper) 92%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--line)}
.head .wrap{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:1rem 2.5rem;padding-block:1rem .95rem;align-items:center}
.lead h1,.lead h2{font:600 2.25rem/1.12 var(--serif);letter-spacing:-.015em;text-wrap:balance}
.lead p{font-size:var(--s);color:var(--soft);margin-top:.3rem}
.lead .mini{display:none}
.facts{display:flex;gap:0 2rem}
.facts>div{display:grid;align-content:start;gap:.25rem;font-size:var(--s);line-height:1.4}
.facts dd{display:grid;gap:.15rem}
.facts dd b{font-weight:600}
.facts .aud{gap:.3rem;justify-items:start}
.facts .aud .n{font-weight:400}
.ext .n,.int .n{font-variant-numeric:tabular-nums}
.digest{display:grid!important;grid-template-columns:auto auto;justify-content:start;gap:.1rem .7rem!important;align-items:center}
.digest svg{grid-row:1/3;width:3.5rem;height:3.5rem;border-radius:8px}
.digest .words{font-weight:600;line-height:1.35}
.state{display:inline-flex;align-items:center;gap:.4rem;font-weight:600}
.state.no{color:var(--warn)}.state.yes{color:var(--good)}.state.bad{color:var(--bad)}
.who-list li{display:flex;gap:.4rem;align-items:baseline}
.who-list .i{width:.8rem;height:.8rem;align-self:center}
.camp.inside .head{background:var(--paper);background-image:repeating-linear-gradient(-45deg,transparent 0 7px,color-mix(in srgb,var(--ink) 6%,transparent) 7px 9px)}

.strip{display:grid;grid-template-columns:repeat(15,minmax(0,1fr));gap:.5rem;padding-block:1.25rem .25rem}
.strip.few{grid-template-columns:repeat(auto-fill,5.25rem)}
.tile{position:relative;display:grid;gap:.3rem;justify-items:center;text-decoration:none;border-radius:10px;padding:.3rem .15rem .35rem;font-size:var(--xs);line-height:1.2;height:100%;align-content:start}
.tile:hover{background:var(--fill)}
.tile .mini{width:100%;max-width:5rem;aspect-ratio:64/44;background:var(--sheet);border:1px solid var(--line);border-radius:8px;color:var(--a)}
.tile[data-int] .mini{border:2px solid var(--ink)}
.tile .rtl{transform:scaleX(-1)}
.tile .nm{max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.tile .flag{position:absolute;top:-.1rem;right:.05rem;display:grid;place-items:center;width:1.125rem;height:1.125rem;border-radius:50%;background:var(--sheet);border:1.5px solid currentColor}
.tile .flag .i{width:.75rem;height:.75rem;stroke-width:2}
.flag.err{color:var(--bad)}.flag.wrn{color:var(--warn)}
.mk{position:relative}
.tile .chg{position:absolute;left:calc(100% + .2rem);top:.15rem;font-weight:600;font-size:var(--m);color:var(--soft)}
.strip li:has(>.tile[hidden]){display:none}


.finds{display:grid;grid-template-columns:minmax(0,1.7fr) minmax(0,1fr);gap:1rem 2.5rem;margin-block:1.1rem .25rem;background:var(--sheet);border:1px solid var(--line);border-radius:var(--r);padding:.9rem 1.2rem 1rem}
.finds>:only-child{grid-column:1/-1}
.delta{font-size:var(--s)}.delta p{margin-top:.55rem}.delta q{quotes:none}
.finds :is(h2,h3){font-size:var(--m);font-weight:650}
.finds ul{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.55rem 2rem;margin-top:.55rem}
.finds li{display:grid;grid-template-columns:1.125rem minmax(0,1fr);gap:.55rem;font-size:var(--s);align-items:start}
.finds li>.i{margin-top:.15rem;width:1.125rem;height:1.125rem}
.finds a{font-weight:600}
.err>.i{color:var(--bad)}.wrn>.i{color:var(--warn)}
.finds code{background:var(--inset);border:1px solid var(--line);border-radius:4px;padding:.02em .3em}
.one .cols{columns:auto;max-width:58rem;margin-inline:auto}
.camp.one .cols{margin-inline:0}
.one .proof{display:grid;grid-template-columns:minmax(0,34rem) minmax(14rem,1fr);column-gap:2rem;padding-bottom:3.25rem}
.one .label,.one .sheet{grid-column:1}
.one .sheet{align-self:start}
.one .slip{grid-column:2;grid-row:2;padding-top:.1rem;align-content:start}
.one .slip .row{flex-direction:column;align-items:start}
@media (max-width:79.99rem){
.head{display:contents}
.lead{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--paper) 94%,transparent);backdrop-filter:blur(10px);border-bottom:1px solid var(--line);padding:.7rem var(--pad)}
.head .wrap{display:contents}
.lead h1,.lead h2{font-size:1.5rem}
.lead .mini{display:flex;flex-wrap:wrap;gap:.1rem 1rem;color:var(--ink);font-weight:550}
.lead .mini>span:not(.sr){display:inline-flex;align-items:center;gap:.35rem}
.lead .path{display:none}
.facts{padding:1rem var(--pad) 0;flex-wrap:wrap;gap:1rem 2.5rem}
.camp.inside .lead{background:var(--paper);background-image:repeating-linear-gradient(-45deg,transparent 0 7px,color-mix(in srgb,var(--ink) 6%,transparent) 7px 9px)}
:root{--stick:5rem}
.cols{columns:2;column-gap:2rem}
.strip{grid-template-columns:repeat(8,minmax(0,1fr))}
}
@media (max-width:44rem){
.finds{grid-template-columns:minmax(0,1fr)}
.cols{columns:1;padding-top:1rem}
.strip,.strip.few{grid-template-columns:repeat(5,minmax(0,1fr));gap:.4rem}
.tile .nm{font-size:.6875rem}
.lead h1,.lead h2{font-size:1.25rem}
.lead p{margin-top:.1rem}
.facts{gap:1rem 2.5rem}.facts .m0,.lead .w{display:none}
.fold-in>summary{display:inline-flex;margin-bottom:.9rem}
.filters .out{margin-left:0;width:100%}
.one .proof{grid-template-columns:minmax(0,1fr)}
.one .slip{grid-column:1;grid-row:auto;padding-top:.65rem}.one .slip .row{flex-direction:row;align-items:center}
}
@media print{
.head,.lead{position:static!important;backdrop-filter:none;background:none!important}
.head{display:block;border:0}.head .wrap{display:block}
.lead{padding:0;border:0}.lead .mini{display:none}.lead .path{display:block}.lead h1,.lead h2{font-size:2rem}
.facts{display:flex;gap:1.5rem;padding:.8rem 0 0;flex-wrap:nowrap}
.camp+.camp{break-before:page}
.cols{columns:2;column-gap:1.5rem;padding-top:1rem}
.strip{grid-template-columns:repeat(15,1fr);gap:.25rem}.tile .nm{font-size:.5rem}
.sheet{box-shadow:none}.pic{background:none}
.alt{position:static;padding:.35rem .5rem;background:var(--inset)}.alt summary{display:none}.alt p{background:none;color:#000;padding:0}.alt p::before{content:"Alt text: ";font-weight:600}
.one .proof{grid-template-columns:minmax(0,1.4fr) minmax(0,1fr);column-gap:1.2rem}
.one .cols{columns:1}
}
`;

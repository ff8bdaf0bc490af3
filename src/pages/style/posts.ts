/** Posts as their readers see them: a label, a sheet, and what is on it. */
export const posts = `
.cols{columns:3;column-gap:2.25rem;padding-top:1.5rem}
.proof{break-inside:avoid;padding-bottom:2.75rem;min-width:0}
.label{display:flex;align-items:center;gap:.5rem;padding:0 .15rem .5rem;font-size:var(--s);min-height:2.25rem}
.label :is(h2,h3,h4){font-size:var(--m);font-weight:650}
.label :is(h2,h3,h4) a{text-decoration:none}.label :is(h2,h3,h4) a:hover{text-decoration:underline}
.label .net{color:var(--soft);min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.label .ext{margin-left:auto;color:var(--soft);font-weight:500;font-size:var(--xs)}
.proof.inner .label{background:var(--ink);color:var(--paper);border-radius:var(--r) var(--r) 0 0;padding:.4rem .9rem .4rem .75rem;background-image:repeating-linear-gradient(-45deg,transparent 0 6px,color-mix(in srgb,var(--paper) 16%,transparent) 6px 8px)}
.proof.inner .label .net{color:inherit}
.proof.inner .label .int{margin-left:auto;background:var(--ink);padding-inline:.5rem}
.proof.inner .sheet{border:2px solid var(--ink);border-top:0;border-radius:0 0 var(--r) var(--r)}
.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:var(--r);box-shadow:0 1px 2px var(--shadow),0 6px 20px -12px var(--shadow);overflow:clip}
.proof:target .sheet{outline:3px solid var(--accent);outline-offset:3px}
.proof.inner:target .sheet{outline-offset:-6px}
.proof.stop .sheet{border:1.5px solid var(--bad)}
.face{padding:1rem 1.1rem 1.1rem;position:relative}
.av{width:2.5rem;height:2.5rem;overflow:clip}
.av.round{border-radius:50%}.av.soft-sq{border-radius:9px}.av.square{border-radius:2px}.av.small{width:1.75rem;height:1.75rem}.av.tiny{width:1.25rem;height:1.25rem}
.who{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .4rem;line-height:1.35}
.who b{font-weight:650}
.who span{color:var(--soft);font-size:.93em}
.two{display:flex;align-items:center;gap:.65rem}
.two .who{display:block}
.two .who span{display:block;font-size:var(--s)}
.gut{display:grid;grid-template-columns:2.5rem minmax(0,1fr);gap:0 .7rem}
.txt{white-space:pre-wrap;margin-top:.3rem;overflow-wrap:anywhere}
.full .txt{margin-top:.7rem}
.txt a,.tag,.at{color:var(--a)}
.txt a{text-decoration-color:color-mix(in srgb,currentColor 40%,transparent)}.txt a:hover{text-decoration-color:currentColor}
.at{font-weight:550}
.l-msg .at{background:color-mix(in srgb,var(--a) 13%,transparent);border-radius:4px;padding:0 .2em}
.txt code{background:var(--inset);border:1px solid var(--line);border-radius:4px;padding:.05em .3em}
.txt pre,pre.txt{font:.8125rem/1.5 var(--mono);background:var(--inset);border:1px solid var(--line);border-radius:8px;padding:.55rem .7rem;margin:.45rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.txt blockquote{margin:.3rem 0;padding-left:.75rem;border-left:3px solid var(--line)}
.md{white-space:normal}
.md p+p,.md ul,.md ol,.md p+pre{margin-top:.6rem}
.md ul,.md ol{padding-left:1.2rem}.md ul{list-style:disc}.md ol{list-style:decimal}
.md li+li{margin-top:.25rem}
.md ul+p,.md ol+p,.md pre+p,.md blockquote+p{margin-top:.6rem}
.pics{display:grid;gap:3px;margin-top:.75rem;border-radius:10px;overflow:clip}
.pics.g2{grid-template-columns:1fr 1fr}
.bleed{margin:.85rem -1.1rem 0;border-radius:0}
.bleed.end{margin-bottom:-1.1rem}
.pic{position:relative;background:var(--fill)}
.pic>svg{width:100%;height:auto;aspect-ratio:16/9}
.g2 .pic>svg{aspect-ratio:1}
.pic.tall>svg{aspect-ratio:4/5}
.alt{position:absolute;inset:auto .5rem .5rem .5rem;display:grid;justify-items:start;gap:.3rem;font:var(--xs)/1.5 var(--sans);pointer-events:none}
.alt>*{pointer-events:auto}
.alt summary{order:2;list-style:none;cursor:pointer;background:rgb(20 18 14/.82);color:#fff;border-radius:6px;padding:.14rem .5rem;font-weight:700;letter-spacing:.03em}
.alt summary::-webkit-details-marker{display:none}
.alt summary:focus-visible{outline:2.5px solid #fff;outline-offset:0;box-shadow:0 0 0 4.5px #000}
.alt p{background:rgb(20 18 14/.9);color:#fff;border-radius:8px;padding:.45rem .65rem;line-height:1.45;font-size:var(--s)}
.alt.deco summary{font-weight:500;letter-spacing:0}
.dots{display:flex;gap:.3rem;justify-content:center;padding-top:.6rem}
.dots i{width:.4rem;height:.4rem;border-radius:50%;background:var(--line)}.dots i:first-child{background:var(--a)}
.thumbs{display:grid;grid-template-columns:repeat(2,1fr);gap:3px;margin:3px -1.1rem 0}
.thumbs .pic>svg{aspect-ratio:16/10}
.pic[data-n]::after{content:attr(data-n);position:absolute;top:.3rem;right:.3rem;background:rgb(20 18 14/.82);color:#fff;border-radius:5px;font-size:var(--xs);padding:0 .35rem;font-weight:600}
.lcard{display:grid;margin-top:.75rem;border:1px solid var(--line);border-radius:10px;overflow:clip;text-decoration:none;line-height:1.4;font-size:var(--s)}
.lcard .cb{padding:.6rem .8rem .7rem;display:grid;gap:.1rem}
.lcard b{font-weight:600;font-size:var(--m)}
.lcard .h,.lcard .d{color:var(--soft)}
.lcard>svg{width:100%;height:auto;aspect-ratio:1.91}
.lcard.bar{border:0;border-left:4px solid color-mix(in srgb,var(--a) 55%,var(--line));border-radius:3px;background:var(--inset)}
.lcard.strip-c{margin:.75rem -1.1rem -1.1rem;border-width:1px 0 0;border-radius:0;background:var(--inset)}
.lcard.strip-c .cb{padding-inline:1.1rem}
.thread{margin-top:.1rem}
.part{display:grid;grid-template-columns:2.5rem minmax(0,1fr);gap:0 .7rem;position:relative;padding-bottom:1rem}
.part:last-child{padding-bottom:0}
.part:not(:last-child)::before{content:"";position:absolute;left:calc(1.25rem - 1px);top:2.85rem;bottom:.35rem;width:2px;border-radius:1px;background:color-mix(in srgb,var(--a) 40%,var(--line))}
.partn{display:flex;justify-content:space-between;font-size:var(--xs);color:var(--soft);margin-top:.45rem;font-variant-numeric:tabular-nums}
.poll{margin-top:.75rem;display:grid;gap:.4rem}
.poll .q{font-weight:600}
.poll li{border:1px solid var(--edge);border-radius:9px;padding:.35rem .75rem;display:flex;gap:.6rem;align-items:center}
.poll li::before{content:"";width:.85rem;height:.85rem;border:1.5px solid var(--edge);border-radius:50%;flex:none}
.poll .of{font-size:var(--xs);color:var(--soft)}
.fold{display:flex;align-items:center;gap:.6rem;color:var(--soft);font-size:var(--xs);margin:.35rem 0;white-space:normal}
.fold::before,.fold::after{content:"";flex:1;border-top:1px dashed var(--edge)}
.firstc{display:grid;grid-template-columns:1.75rem minmax(0,1fr);gap:0 .6rem;margin:0;padding:.75rem 1.1rem .85rem;border-top:1px solid var(--line);background:var(--inset);font-size:var(--s);position:relative}
.firstc .cap{grid-column:1/-1;margin-bottom:.35rem}
.room{display:flex;align-items:center;gap:.4rem;padding:.5rem 1.1rem;border-bottom:1px solid var(--line);background:var(--inset);font-size:var(--s);font-weight:600}
.room span{color:var(--soft);font-weight:400}
.bot{font-size:.6875rem;font-weight:700;border:1px solid var(--edge);border-radius:4px;padding:0 .25rem;color:var(--soft)!important;letter-spacing:.02em}
.l-bub{background:color-mix(in srgb,var(--a) 8%,var(--inset));background-image:radial-gradient(color-mix(in srgb,var(--a) 16%,transparent) 1px,transparent 1.4px);background-size:14px 14px}
.bub{position:relative;background:var(--sheet);border:1px solid var(--line);border-radius:14px 14px 14px 4px;overflow:clip;margin-right:1.5rem}
.bub .pic>svg{aspect-ratio:16/9}
.bub .bb{padding:.55rem .85rem .5rem}
.bub .txt{margin:0}
.stamp{display:block;text-align:right;font-size:var(--xs);color:var(--soft);margin-top:.2rem}
.acard{margin-top:.5rem;border:1px solid var(--line);border-radius:6px;padding:.85rem .95rem;display:grid;gap:.55rem;background:var(--inset)}
.acard .ttl{margin:0;font-size:var(--l);font-weight:650;line-height:1.3}
.acard .go{justify-self:start;border:1px solid var(--a);color:var(--a);border-radius:4px;padding:.2rem .8rem;font-size:var(--s);font-weight:600}
.l-art{font-family:var(--serif);padding:1.4rem 1.5rem 1.5rem}
.l-art .mast{display:flex;justify-content:space-between;gap:1rem;font:var(--xs)/1.4 var(--sans);color:var(--soft);border-bottom:3px double var(--line);padding-bottom:.5rem}
.l-art .ttl{font:700 1.625rem/1.2 var(--serif);letter-spacing:-.01em;margin:.9rem 0 .2rem;text-wrap:balance}
.l-art .txt{font-size:1.0313rem;line-height:1.55;margin-top:.7rem}
.l-art .txt p:first-child{font-size:1.12em;line-height:1.45}
.l-art .tags{font:var(--xs)/1.4 var(--sans);color:var(--soft);margin-top:.9rem}
.env{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.2rem .8rem;font-size:var(--s);padding:.85rem 1.1rem;border-bottom:1px solid var(--line);background:var(--inset)}
.env dt{color:var(--soft)}.env dd{margin:0;min-width:0}
.env .subj{font-weight:650;font-size:var(--m)}
.inbox{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:.7rem;align-items:center;padding:.6rem 1.1rem;border-bottom:1px dashed var(--edge);font-size:var(--s)}
.inbox p{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.mailb{padding:1.25rem 1.4rem 1.4rem}
.mailb .ttl{margin:0 0 .5rem;font-size:1.375rem;line-height:1.25;font-weight:700}
.mailb .go{display:inline-block;background:var(--ink);color:var(--sheet);border-radius:8px;padding:.5rem 1.1rem;font-weight:600;text-decoration:none;margin-top:1rem}
.mailb .fine{border-top:1px solid var(--line);margin-top:1.2rem;padding-top:.7rem;font-size:var(--xs);color:var(--soft)}
.l-for .ttl{margin:.5rem 0 .35rem;font-size:1.1875rem;line-height:1.3;font-weight:650}
.flair{display:inline-block;border-radius:999px;border:1.5px dashed var(--bad);color:var(--bad);font-size:var(--xs);font-weight:600;padding:.05rem .6rem}
.flair.ok{border:1px solid var(--edge);color:var(--ink)}
.l-rel{padding-top:1rem}
.l-rel .tagline{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;font-size:var(--s);color:var(--soft)}
.l-rel .tagline code{border:1px solid var(--edge);border-radius:999px;padding:.1rem .6rem;color:var(--ink);font-weight:600}
.l-rel .ttl{margin:.6rem 0 .4rem;font-size:1.375rem;font-weight:650;line-height:1.25;border-bottom:1px solid var(--line);padding-bottom:.45rem}
.assets{margin-top:.85rem;border:1px solid var(--line);border-radius:8px;font:var(--xs)/1.5 var(--mono)}
.assets li{display:flex;justify-content:space-between;gap:1rem;padding:.35rem .7rem;overflow-wrap:anywhere}
.assets li+li{border-top:1px solid var(--line)}
.assets span{color:var(--soft);white-space:nowrap}
.nomargin{margin:0;border-radius:0}
.pattern{border-radius:8px}.pattern .ground{fill:var(--fill)}.pattern path{fill:var(--ink)}
.av{display:inline-grid;place-items:center;flex:none;background:color-mix(in srgb,var(--a) 16%,var(--sheet));color:var(--a);font:650 .875rem/1 var(--sans);letter-spacing:-.01em;user-select:none}
.av.small{font-size:.6875rem}.av.tiny{font-size:.5rem}
.txt:not(.md){unicode-bidi:plaintext}
.txt>:first-child{margin-top:0}
.txt p,.txt li,.txt blockquote,.ttl{unicode-bidi:plaintext;text-align:start}
.txt .h{font-size:1.04em}
.txt hr{border:0;border-top:1px solid var(--line);margin:.8rem 0}
.txt table{border-collapse:collapse;font-size:.92em}.txt th,.txt td{border:1px solid var(--line);padding:.25rem .6rem;text-align:start}
.md blockquote,.md p+blockquote,.md blockquote+p,.md .scrollx,.md p+.h{margin-top:.6rem}
.md li>ul,.md li>ol{margin-top:.25rem}
.txt pre code{background:none;border:0;padding:0}
.txt:not(.md)>pre,.txt:not(.md)>blockquote{white-space:pre-wrap}
.pic-in{color:var(--soft);font-style:italic}
.ttl{font-weight:650;line-height:1.3;margin-top:.3rem}
.l-msg .gut+.gut,.bub+.bub{margin-top:1rem}
.face+.face{border-top:1px solid var(--line)}
.face .tags{margin-top:.6rem;font-size:var(--s);display:flex;flex-wrap:wrap;gap:.2rem .6rem}
.cap-in{margin-top:.6rem}
.cw{border:1px dashed var(--edge);border-radius:9px;padding:.45rem .75rem;margin-top:.5rem;font-size:var(--s)}
.files{display:grid;gap:.4rem;margin-top:.75rem;font-size:var(--s)}
.files li{display:grid;grid-template-columns:1.125rem minmax(0,1fr);gap:.5rem;border:1px solid var(--line);border-radius:9px;padding:.5rem .7rem;background:var(--inset)}
.files .i{margin-top:.1rem}
.pics.g1 .pic>svg{aspect-ratio:auto;max-height:34rem}
.pics.g2 .pic:first-child:nth-last-child(odd){grid-column:1/-1}.pics.g2 .pic:first-child:nth-last-child(odd)>svg{aspect-ratio:16/9}
.acard .pics{margin-top:0}
.gone .txt,.gone .ttl{color:var(--soft);text-decoration:line-through}
@media print{.files li,.part,.bub{break-inside:avoid}}
`;

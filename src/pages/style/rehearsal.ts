/** The sandbox's page. */
export const rehearsal = `
#filters{padding-block:1rem .25rem}
.group{padding-block:1.25rem .5rem}
.group+.group{border-top:1px solid var(--line)}
.group>h2{font:600 1.5rem/1.2 var(--serif);letter-spacing:-.01em}
.group>h2 code{font-size:.75rem;color:var(--soft);font-weight:400}
.cols{columns:3;column-gap:2.25rem;padding-top:1.25rem}
.single .cols{columns:1;max-width:38rem}
.label .when{margin-left:auto;color:var(--soft);font-size:var(--xs);white-space:nowrap}
.proof.inner .label .when{margin-left:0;color:inherit;background:var(--ink);padding-inline:.3rem}
.live{display:inline-flex;align-items:center;gap:.45rem}
.live::before{content:"";width:.5rem;height:.5rem;border-radius:50%;background:var(--soft)}
.live.on::before{background:var(--good);box-shadow:0 0 0 3px color-mix(in srgb,var(--good) 22%,transparent)}
@media (prefers-reduced-motion:no-preference){.fresh .sheet{animation:in .5s ease-out}}
@keyframes in{from{opacity:0;transform:translateY(-8px)}}
.spoiler{background:var(--fill);border-radius:4px;padding:0 .2em}
.empty{padding-top:10vh;padding-bottom:4rem;text-align:center;color:var(--soft)}
.empty h2{color:var(--ink);font:700 1.6rem/1.3 var(--serif);margin:1.4rem 0 .3rem}
.empty p{max-width:30rem;margin:0 auto 1.2rem}
.empty pre{display:inline-block;max-width:100%;margin:0;overflow-x:auto;background:var(--sheet);border:1px solid var(--line);border-radius:12px;padding:.75rem 1.1rem;color:var(--ink)}
.stack{position:relative;height:6rem;width:13rem;margin:0 auto}
.stack span{position:absolute;inset:auto 0 0;height:4.2rem;border-radius:14px;border:1px solid var(--line);background:var(--sheet)}
.stack span:nth-child(1){transform:translateY(-1.6rem) scale(.84);opacity:.5}
.stack span:nth-child(2){transform:translateY(-.8rem) scale(.92);opacity:.75}
@media (max-width:79.99rem){.cols{columns:2;column-gap:2rem}}
@media (max-width:44rem){.cols{columns:1;padding-top:1rem}}
@media print{.cols{columns:2}}
`;

/** What we know of a post, beside its sheet. */
export const slip = `
.slip{padding:.65rem .2rem 0;font-size:var(--s);line-height:1.45;display:grid;gap:.45rem}
.slip .row{display:flex;flex-wrap:wrap;gap:.15rem 1rem;align-items:center;justify-content:space-between}
.count{display:inline-flex;align-items:center;gap:.5rem;font-variant-numeric:tabular-nums;color:var(--soft)}
.count b{color:var(--ink);font-weight:600}
.count svg{width:3.75rem;height:.3125rem;border-radius:3px;background:var(--fill)}
.count rect{fill:var(--ink)}
.count.near b,.count.near{color:var(--warn)}
.due{color:var(--soft);display:inline-flex;gap:.35rem;align-items:center}
.due b{font-weight:500;color:var(--ink)}
.notes{display:grid;gap:.4rem}
.notes li{display:grid;grid-template-columns:1rem minmax(0,1fr);gap:.5rem}
.notes li>.i{margin-top:.12rem;color:var(--soft)}
.notes b{font-weight:600}
.notes .err{background:var(--bad-wash);border-radius:8px;padding:.5rem .6rem}.notes .err>.i{color:var(--bad)}
.notes .wrn{background:var(--warn-wash);border-radius:8px;padding:.5rem .6rem}.notes .wrn>.i{color:var(--warn)}
.notes q{quotes:none;color:var(--ink)}
.notes .was{color:var(--soft)}
.notes code{overflow-wrap:anywhere}
.none{padding:3rem 0;text-align:center;color:var(--soft)}
`;

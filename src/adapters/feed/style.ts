/** How the pages look: one column to read in, the reader's own fonts, light or dark as the reader's system is. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2129;--soft:#667085;--line:#e4e7ec;--paper:#fff;--link:#1f5fc4;--wash:#f6f7f9}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ec;--soft:#98a2b3;--line:#2c323d;--paper:#14171c;--link:#8ab4ff;--wash:#1c2027}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:18px/1.65 ui-sans-serif,system-ui,"Segoe UI",Roboto,sans-serif;text-rendering:optimizeLegibility}
main{max-width:42rem;margin:0 auto;padding:4rem 1.25rem 3rem;overflow-wrap:break-word}
h1{font-size:2.1rem;line-height:1.2;letter-spacing:-.02em;margin:.3rem 0 .5rem;text-wrap:balance}
h2,h3{line-height:1.3;letter-spacing:-.01em;margin:2.2rem 0 .6rem}
a{color:var(--link);text-decoration-thickness:.06em;text-underline-offset:.18em}
a:hover{text-decoration-thickness:.12em}
p,ul,ol,blockquote,pre,table,figure{margin:0 0 1.15rem}
.home,.when{color:var(--soft);font-size:.92rem;margin:0 0 1.6rem}
.home a{color:inherit}
img,video{display:block;max-width:100%;height:auto;border-radius:10px}
figure{margin:1.8rem 0}
blockquote{border-left:3px solid var(--line);padding-left:1.1rem;color:var(--soft)}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);padding:.12em .35em;border-radius:5px}
pre{background:var(--wash);padding:1rem 1.1rem;border-radius:10px;overflow-x:auto;line-height:1.5}
pre code{background:none;padding:0}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border-bottom:1px solid var(--line);padding:.45rem .9rem .45rem 0;text-align:left}
hr{border:0;border-top:1px solid var(--line);margin:2.2rem 0}
.card{border:1px solid var(--line);border-radius:10px;padding:.9rem 1.1rem;background:var(--wash);color:var(--soft);font-size:.95rem}
.card a{font-weight:600}
.tags{display:flex;flex-wrap:wrap;gap:.4rem;list-style:none;padding:0;margin-top:2rem}
.tags li{font-size:.82rem;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:.1rem .7rem}
.posts{list-style:none;padding:0;margin-top:2.4rem}
.posts li{border-top:1px solid var(--line);padding:1.5rem 0 .5rem}
.posts h2{font-size:1.25rem;margin:0 0 .2rem}
.posts h2 a{color:inherit;text-decoration:none}
.posts h2 a:hover{text-decoration:underline}
.posts .when{margin:0 0 .6rem}
footer{max-width:42rem;margin:0 auto;padding:0 1.25rem 3rem;color:var(--soft);font-size:.85rem}
footer a{color:inherit}
`;

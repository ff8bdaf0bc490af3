/**
 * What runs in a served page: it comes again when the campaign is saved, and what was read, typed and scrolled to is still there.
 * The server decides everything once more.
 */
export const signOffScript = `
addEventListener("DOMContentLoaded",()=>{
const store={get(k){try{return JSON.parse(sessionStorage.getItem(k))}catch{return null}},set(k,v){try{sessionStorage.setItem(k,JSON.stringify(v))}catch{}}};
const boxes=$("[name=read]"),form=document.getElementById("approve"),name=document.getElementById("name"),go=document.getElementById("go"),why=document.getElementById("why");
const read=new Set(store.get("read")||[]),drafts=store.get("drafts")||{},whyText=why?why.textContent:"";
for(const b of boxes)b.checked=read.has(b.value);
const you=memory.get("you")||"";
for(const i of $("[data-you]"))if(!i.value)i.value=you;
for(const t of $("[data-keep]")){t.value=drafts[t.id]||"";if(t.value)t.closest("details").open=true}
const at=store.get("scroll");if(at!==null&&!location.hash)scrollTo(0,at);
function keep(){for(const b of boxes){if(b.checked)read.add(b.value);else read.delete(b.value)}store.set("read",[...read]);
const d={};for(const t of $("[data-keep]"))if(t.value)d[t.id]=t.value;store.set("drafts",d);store.set("scroll",scrollY)}
function count(){
const left=boxes.filter(b=>!b.checked),done=boxes.length-left.length;
for(const x of $("#n,[data-read-count]"))x.textContent=done;
for(const b of boxes)for(const m of $("[data-mark]"))if(m.dataset.mark===b.dataset.readOf)m.classList.toggle("done",b.checked);
if(!form)return;
document.getElementById("s1").classList.toggle("done",!left.length);document.getElementById("s3").classList.toggle("done",!!name.value.trim());
const off=left.length>0||!name.value.trim();go.disabled=off;
why.textContent=left.length?(left.length===boxes.length?"Nothing is read yet.":"Not read yet: "+left.map(b=>b.dataset.readOf).join(", ")+"."):!name.value.trim()?"Type your name.":whyText}
addEventListener("input",e=>{if(e.target.matches("[data-you]")){memory.set("you",e.target.value);for(const i of $("[data-you]"))if(i!==e.target)i.value=e.target.value}keep();count()});
addEventListener("submit",e=>{const t=e.target.querySelector("[data-keep]");if(t){keep();const d=store.get("drafts")||{};delete d[t.id];store.set("drafts",d)}});
let marked=null;
document.addEventListener("selectionchange",()=>{const one=getSelection(),at=one.anchorNode&&(one.anchorNode.nodeType===1?one.anchorNode:one.anchorNode.parentElement),sheet=at&&at.closest(".sheet");
if(sheet&&!one.isCollapsed)marked={proof:sheet.closest(".proof"),words:one.toString().replace(/\\s+/g," ").trim().slice(0,300)}});
for(const d of $(".say"))d.addEventListener("toggle",()=>{if(!d.open||!marked||marked.proof!==d.closest(".proof"))return;
const q=d.querySelector(".quoted");d.querySelector("[name=quote]").value=marked.words;q.textContent=marked.words;q.hidden=marked.words==="";marked=null});
addEventListener("pagehide",()=>store.set("scroll",scrollY));
count();
const live=document.getElementById("live"),events=new EventSource("live");
events.addEventListener("changed",e=>{if(e.data!==document.body.dataset.version){keep();location.reload()}});
events.onerror=()=>{live.textContent="not connected: the preview has ended";live.classList.add("off")};
events.onopen=()=>{live.textContent="live, on this computer";live.classList.remove("off")};
});
`;

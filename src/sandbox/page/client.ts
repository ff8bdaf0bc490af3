/** What runs in the page: filters by network and campaign, and the posts that come while it is open. */
export function client(live: boolean): string {
  return `
addEventListener("DOMContentLoaded",()=>{
const timeline=document.getElementById("timeline"),empty=document.getElementById("empty"),form=document.getElementById("filters"),out=document.getElementById("shown");
const threads=()=>[...timeline.querySelectorAll("[data-key]")];
function refresh(){
const d=new FormData(form),network=d.get("network"),campaign=d.get("campaign");let shown=0;
const all=threads();
for(const t of all){t.hidden=(network&&t.dataset.network!==network)||(campaign&&t.dataset.campaign!==campaign);if(!t.hidden)shown++}
for(const g of timeline.children)g.hidden=![...g.querySelectorAll("[data-key]")].some(t=>!t.hidden);
for(const o of form.elements.network.options)o.hidden=o.value!==""&&o.value!==network&&!all.some(t=>t.dataset.network===o.value);
const list=form.elements.campaign,names=[...new Map(all.map(t=>[t.dataset.campaign,t.dataset.title]))].filter(([c])=>c);
list.replaceChildren(new Option("Any campaign",""),...names.map(([c,t])=>new Option(t,c,false,c===campaign)));list.hidden=names.length<2;
empty.hidden=all.length>0;form.hidden=all.length<2;out.textContent=shown===all.length?shown+" posts":shown+" of "+all.length+" posts"}
form.addEventListener("input",refresh);form.addEventListener("submit",e=>e.preventDefault());
${live ? LIVE : ""}refresh()});
`;
}

const LIVE = `
const live=document.getElementById("live");
function groupFor(thread){
const {campaign,title}=thread.dataset;
const found=[...timeline.children].find(g=>g.dataset.group===campaign);if(found)return found;
const g=document.createElement("section"),h=document.createElement("h2"),c=document.createElement("div");
g.className="group";g.dataset.group=campaign;h.textContent=title||"Posts";c.className="cols";g.append(h,c);timeline.prepend(g);return g}
function put({key,html},fresh){
const old=threads().find(t=>t.dataset.key===key);if(old&&old.dataset.source===html)return;
const holder=document.createElement("template");holder.innerHTML=html;const next=holder.content.firstElementChild;
next.dataset.source=html;if(fresh)next.classList.add("fresh");
const cols=groupFor(next).querySelector(".cols"),order=Number(next.dataset.order);
if(old)old.remove();
cols.insertBefore(next,[...cols.children].find(t=>Number(t.dataset.order)>order)||null);
tidy()}
function tidy(){for(const g of [...timeline.children])if(!g.querySelector("[data-key]"))g.remove()}
const events=new EventSource("/events");
events.addEventListener("open",()=>live.classList.add("on"));
events.addEventListener("error",()=>live.classList.remove("on"));
events.addEventListener("all",e=>{const all=JSON.parse(e.data),keys=new Set(all.map(t=>t.key));
for(const t of threads())if(!keys.has(t.dataset.key))t.remove();for(const t of all.reverse())put(t,false);tidy();refresh()});
events.addEventListener("thread",e=>{put(JSON.parse(e.data),true);refresh()});
events.addEventListener("gone",e=>{const {key}=JSON.parse(e.data);for(const t of threads())if(t.dataset.key===key)t.remove();tidy();refresh()});
`;

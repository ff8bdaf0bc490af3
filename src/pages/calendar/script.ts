/** Month and week, forwards and back, filters. Without script all months and weeks stand there. */
export const calendarScript = `
addEventListener("DOMContentLoaded",()=>{
const form=document.getElementById("cal"),months=$("[data-month]"),weeks=$("[data-week]"),title=document.getElementById("title");
const today=form.dataset.today;let m=Math.max(0,months.findIndex(x=>x.dataset.month===today.slice(0,7))),w=Math.max(0,weeks.findLastIndex(x=>x.dataset.week<=today));
function show(){
const d=new FormData(form),view=d.get("view"),ch=d.get("ch"),aud=d.get("aud"),need=d.has("need");
months.forEach((x,i)=>x.hidden=view!=="month"||i!==m);weeks.forEach((x,i)=>x.hidden=view!=="week"||i!==w);
const list=view==="month"?months:weeks,i=view==="month"?m:w;
title.textContent=list[i].querySelector("h2").textContent;
document.getElementById("prev").disabled=i===0;document.getElementById("next").disabled=i===list.length-1;
for(const e of $("[data-ev]"))e.hidden=(ch&&!e.dataset.ch.split(" ").includes(ch))||(aud&&!e.dataset.aud.includes(aud))||(need&&!e.dataset.need);
for(const l of $("[data-lane]"))l.hidden=(ch&&l.dataset.lane!==ch)||(aud&&l.dataset.aud!==aud)}
function step(by){if(new FormData(form).get("view")==="month")m=Math.min(months.length-1,Math.max(0,m+by));else w=Math.min(weeks.length-1,Math.max(0,w+by));show()}
document.getElementById("prev").onclick=()=>step(-1);document.getElementById("next").onclick=()=>step(1);
if(location.hash==="#week")form.elements.view.value="week";
form.addEventListener("input",e=>{if(e.target.name==="view")history.replaceState(null,"",e.target.value==="week"?"#week":location.pathname+location.search);show()});form.addEventListener("submit",e=>e.preventDefault());
addEventListener("beforeprint",()=>{for(const x of [...months,...weeks])x.hidden=false});addEventListener("afterprint",show);
show()});
`;

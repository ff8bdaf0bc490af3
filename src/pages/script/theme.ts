/** What every page runs: light, dark or as the system has it. Without script all is readable. */
export const theme = `"use strict";
const root=document.documentElement,$=(s,e=document)=>[...e.querySelectorAll(s)];
const memory={get(k){try{return localStorage.getItem(k)}catch{}},set(k,v){try{localStorage.setItem(k,v)}catch{}}};
root.classList.add("js");
function theme(t){if(t==="light"||t==="dark")root.dataset.theme=t;else delete root.dataset.theme;for(const b of $("[data-theme-button]"))b.lastElementChild.textContent="Theme: "+(root.dataset.theme||"auto")}
theme(memory.get("theme"));
addEventListener("DOMContentLoaded",()=>{
theme(root.dataset.theme);
for(const b of $("[data-theme-button]"))b.onclick=()=>{const next={auto:"light",light:"dark",dark:"auto"}[root.dataset.theme||"auto"];memory.set("theme",next);theme(next)};
addEventListener("beforeprint",()=>{for(const d of $("details"))d.open=true})});
`;

/** Filters of the preview. */
export const filterScript = `
addEventListener("DOMContentLoaded",()=>{
const form=document.getElementById("filters");if(!form)return;
const proofs=$(".proof");
function filter(){
const d=new FormData(form),want={net:d.get("net"),aud:d.get("aud"),lang:d.get("lang")};let shown=0;
for(const p of proofs){p.hidden=Object.entries(want).some(([k,v])=>v&&p.dataset[k]!==v)||(d.has("problem")&&!("problem" in p.dataset));if(!p.hidden)shown++;
for(const t of $('[data-for="'+p.id+'"]'))t.hidden=p.hidden}
document.getElementById("none").hidden=shown>0;
if(d.has("view"))document.body.classList.toggle("one",d.get("view")==="one");
document.getElementById("shown").textContent=shown===proofs.length?shown+" posts":shown+" of "+proofs.length+" posts"}
form.addEventListener("input",filter);form.addEventListener("submit",e=>e.preventDefault());filter();
for(const a of $("a[href^='#at-']"))a.addEventListener("click",()=>{const p=document.getElementById(a.hash.slice(1));if(p&&p.hidden){form.reset();filter()}})});
`;

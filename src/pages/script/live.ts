/** A served page that only shows: it comes again when there is a newer one. */
export const live = `
addEventListener("DOMContentLoaded",()=>{
const live=document.getElementById("live"),events=new EventSource("live");
events.addEventListener("changed",e=>{if(e.data!==document.body.dataset.version)location.reload()});
events.onerror=()=>{live.textContent="not connected: the command has ended";live.classList.add("off")};
events.onopen=()=>{live.textContent="live, on this computer";live.classList.remove("off")};
});
`;

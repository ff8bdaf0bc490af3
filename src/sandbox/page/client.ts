/** What runs in the page: filters, counts, live posts. Plain JavaScript in a string, so that the bundle needs no second file. */
export const client = `
"use strict";
const timeline = document.getElementById("timeline");
const empty = document.getElementById("empty");
const live = document.getElementById("live");
const chips = [...document.querySelectorAll("[data-filter]")];
let filter = location.hash.slice(1);

function refresh() {
  const threads = [...timeline.children];
  if (!chips.some((chip) => chip.dataset.filter === filter)) filter = "";
  for (const thread of threads) thread.hidden = filter !== "" && thread.dataset.network !== filter;
  for (const chip of chips) {
    const of = chip.dataset.filter;
    const count = threads.filter((thread) => of === "" || thread.dataset.network === of)
      .reduce((sum, thread) => sum + thread.querySelectorAll(".post:not(.deleted)").length, 0);
    chip.querySelector(".count").textContent = String(count);
    chip.hidden = of !== "" && count === 0 && of !== filter;
    chip.setAttribute("aria-pressed", String(of === filter));
  }
  empty.hidden = threads.some((thread) => !thread.hidden);
  ago();
}

function ago() {
  for (const time of timeline.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const seconds = Math.round((Date.now() - at.getTime()) / 1000);
    time.title = at.toLocaleString();
    if (seconds < 45 && seconds > -45) time.textContent = "now";
    else if (seconds < 3600 && seconds > 0) time.textContent = Math.round(seconds / 60) + " min";
    else if (seconds < 86400 && seconds > 0) time.textContent = Math.round(seconds / 3600) + " h";
    else time.textContent = at.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
  }
}

function find(key) {
  return [...timeline.children].find((thread) => thread.dataset.key === key);
}

function build(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

function put({ key, html }, fresh) {
  const next = build(html);
  const old = find(key);
  if (old && old.dataset.source === html) return;
  next.dataset.source = html;
  if (old) old.remove();
  if (fresh) next.classList.add("fresh");
  timeline.prepend(next);
}

for (const chip of chips) {
  chip.addEventListener("click", () => {
    filter = chip.dataset.filter;
    history.replaceState(null, "", filter === "" ? location.pathname : "#" + filter);
    refresh();
  });
}

const events = new EventSource("/events");
events.addEventListener("open", () => live.classList.add("on"));
events.addEventListener("error", () => live.classList.remove("on"));
events.addEventListener("all", (event) => {
  const all = JSON.parse(event.data);
  const keys = new Set(all.map(({ key }) => key));
  for (const thread of [...timeline.children]) if (!keys.has(thread.dataset.key)) thread.remove();
  for (const thread of all.reverse()) put(thread, false);
  refresh();
});
events.addEventListener("thread", (event) => { put(JSON.parse(event.data), true); refresh(); });
events.addEventListener("gone", (event) => {
  const thread = find(JSON.parse(event.data).key);
  if (thread) thread.remove();
  refresh();
});
setInterval(ago, 30000);
refresh();
`;

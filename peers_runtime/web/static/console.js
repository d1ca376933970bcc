// What pages gain with JavaScript: they follow what changes.
import { Contracts } from "./contracts.js";
import { say, unsay } from "./notices.js";
import { redraw } from "./redrawing.js";
import { look, mountAll } from "./screen.js";

const LOOK_AGAIN_MS = 1000;
const LOST_AFTER_MS = 3000;
const body = document.body;
const contracts = new Contracts(body.dataset, () => follow());

async function changed(state) {
  if (body.dataset.state === state) return;
  body.dataset.state = state;
  contracts.changed();
  const { live } = document.getElementById("main").dataset;
  if (live === "page") await redraw();
  else if (live === "screen") await look(contracts);
  else if (live === "preview") say("stale", "Something has changed since this was shown.", "Look again");
}

// What moves by itself, such as a run, is looked at again and again until it rests.
function lookOn() {
  if (document.getElementById("main").dataset.moves === undefined) return;
  setTimeout(() => {
    if (!document.hidden) last = last.then(redraw).catch(() => undefined); // the next may succeed
    last.then(lookOn);
  }, LOOK_AGAIN_MS);
}

let events; // what is followed now
let coming; // what will be, once it has begun
let last = Promise.resolve();
let lost; // what will say, or has said, that there is no connection

// The stream with what pages' modules want to hear of contracts; the one before ends when it has begun.
function follow() {
  coming?.close();
  const next = new EventSource(body.dataset.events + contracts.query());
  coming = next;
  next.addEventListener("state", (event) => {
    if (coming === next) {
      events?.close();
      [events, coming] = [next, undefined];
    }
    clearTimeout(lost);
    lost = undefined;
    unsay("lost");
    body.dataset.following = "yes";
    last = last.then(() => changed(event.data)).catch(() => undefined); // one after the other; the next may succeed
  });
  for (const kind of ["value", "told", "silent"]) {
    next.addEventListener(kind, (event) => { if (next === events) contracts.heard(kind, JSON.parse(event.data)); });
  }
  next.addEventListener("error", () => {
    if (next !== (coming ?? events)) return;
    lost ??= setTimeout(say, LOST_AFTER_MS, "lost", "There is no connection: what stands here may be old.", "Try again");
    if (next.readyState === EventSource.CLOSED) setTimeout(follow, LOST_AFTER_MS); // else the browser asks again itself
  });
  next.addEventListener("again", () => { if (next === events) follow(); });
  next.addEventListener("ended", () => {
    next.close();
    delete document.getElementById("main").dataset.moves;
    say("ended", "You may not use this context any more.", "Look again");
  });
}

if (body.dataset.events) {
  follow();
  lookOn();
  window.addEventListener("pagehide", () => { events?.close(); coming?.close(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
for (const menu of document.querySelectorAll(".switcher")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}
mountAll(contracts, undefined);

// What pages gain with JavaScript: they follow what changes, and packages' ES modules are mounted.
import { ask, Contracts } from "./contracts.js";
import { redraw } from "./redrawing.js";

const LOOK_AGAIN_MS = 1000;
const body = document.body;
const mounted = new Map(); // element -> { unmount: what its module's mount answered with, dispose }
const contracts = new Contracts(body.dataset, () => follow());

const tool = (name) => (given = {}) => ask(body.dataset, body.dataset.tools + encodeURIComponent(name), given);
const tools = new Proxy({}, { get: (_, name) => (typeof name === "string" && name !== "then" ? tool(name) : undefined) });

function card(element, error) {
  const { package: name, version } = element.dataset;
  const box = Object.assign(document.createElement("div"), { className: "peers-error" });
  box.setAttribute("role", "alert");
  const what = document.createElement("p");
  what.append(Object.assign(document.createElement("strong"), { textContent: `${name} ${version} could not show this` }));
  const why = Object.assign(document.createElement("p"), { textContent: String(error && error.message ? error.message : error) });
  const again = Object.assign(document.createElement("a"), { className: "peers-retry", textContent: "Try again", href: "" });
  box.append(what, why, again);
  element.replaceChildren(box);
}

async function mountAll(state) {
  for (const element of document.querySelectorAll("[data-module]")) {
    const held = contracts.holder();
    try {
      const module = await import(element.dataset.module);
      const ctx = {
        contextId: body.dataset.context,
        package: element.dataset.package,
        version: element.dataset.version,
        props: JSON.parse(element.dataset.props),
        state,
        tools,
        contract: held.open,
      };
      element.replaceChildren();
      mounted.set(element, { dispose: held.dispose });
      mounted.get(element).unmount = await module.mount(element, ctx);
    } catch (error) {
      held.dispose();
      card(element, error);
    }
  }
}

async function unmountAll() {
  let state;
  for (const [element, { unmount, dispose }] of mounted) {
    try {
      state = (typeof unmount === "function" ? await unmount() : undefined) ?? state;
    } catch (error) {
      card(element, error);
    }
    dispose();
  }
  mounted.clear();
  return state;
}

function say(text, link) {
  const notice = document.getElementById("notice");
  const again = Object.assign(document.createElement("a"), { href: "", textContent: link });
  notice.replaceChildren(`${text} `, again);
}

async function swapScreen() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, then] = [document.getElementById("screen"), page.getElementById("screen")];
  if (!then) return;
  const state = await unmountAll();
  now.replaceWith(document.adoptNode(then));
  const main = document.getElementById("main");
  Object.assign(main.dataset, page.getElementById("main").dataset);
  await mountAll(state);
}

function showFaults(faults) {
  const place = document.getElementById("faults");
  if (!place) return;
  place.replaceChildren(...faults.map(({ code, message }) => {
    const box = Object.assign(document.createElement("div"), { className: "peers-error" });
    box.setAttribute("role", "alert");
    const what = document.createElement("p");
    what.append(
      Object.assign(document.createElement("strong"), { textContent: "What was saved does not run; the version before it goes on" }),
      " ",
      Object.assign(document.createElement("code"), { textContent: code }),
    );
    box.append(what, Object.assign(document.createElement("pre"), { textContent: message }));
    return box;
  }));
}

async function lookAtScreen(main) {
  const answer = await fetch(main.dataset.fresh, { headers: { accept: "application/json" } });
  const found = await answer.json();
  if (answer.ok) showFaults(found.faults);
  if (!answer.ok || (!found.same && found.version === null)) return say("This is not active here any more.", "Look again");
  if (found.same) return undefined;
  if (found.dev) return swapScreen();
  return say(`Version ${found.version} is active here now.`, "Show it");
}

async function changed(state) {
  if (body.dataset.state === state) return;
  body.dataset.state = state;
  contracts.changed();
  const main = document.getElementById("main");
  if (main.dataset.live === "page") await redraw();
  else if (main.dataset.live === "screen") await lookAtScreen(main);
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
    body.dataset.following = "yes";
    last = last.then(() => changed(event.data)).catch(() => undefined); // one after the other; the next may succeed
  });
  for (const kind of ["value", "told", "silent"]) {
    next.addEventListener(kind, (event) => { if (next === events) contracts.heard(kind, JSON.parse(event.data)); });
  }
  next.addEventListener("again", () => { if (next === events) follow(); });
  next.addEventListener("ended", () => {
    next.close();
    delete document.getElementById("main").dataset.moves;
    say("You may not use this context any more.", "Look again");
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
mountAll(undefined);

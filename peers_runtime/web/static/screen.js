// A package's screen: its ES modules are mounted, it follows its working copy, and is told of what else is active now.
import { ask } from "./contracts.js";
import { say, unsay } from "./notices.js";

const body = document.body;
const mounted = new Map(); // element -> { unmount: what its module's mount answered with, dispose }
const tool = (name) => (given = {}) => ask(body.dataset, body.dataset.tools + encodeURIComponent(name), given);
const tools = new Proxy({}, { get: (_, name) => (typeof name === "string" && name !== "then" ? tool(name) : undefined) });

function box(title, code, text, hint) {
  const made = Object.assign(document.createElement("div"), { className: "peers-error" });
  made.setAttribute("role", "alert");
  const what = document.createElement("p");
  what.append(Object.assign(document.createElement("strong"), { textContent: title }));
  if (code) what.append(" ", Object.assign(document.createElement("code"), { textContent: code }));
  made.append(what, Object.assign(document.createElement("pre"), { textContent: text }));
  if (hint) made.append(Object.assign(document.createElement("p"), { textContent: hint }));
  return made;
}

const said = (error) => String(error && error.message ? error.message : error);

function card(element, error) {
  const { package: name, version } = element.dataset;
  const made = box(`${name} ${version} could not show this`, "", said(error));
  made.append(Object.assign(document.createElement("a"), { className: "peers-retry", textContent: "Try again", href: "" }));
  element.replaceChildren(made);
}

// Mount every module on the page; `state` is what those before them have left.
export async function mountAll(contracts, state) {
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

// Modules of the next screen that cannot be imported, as faults: then the one that runs stays.
async function broken(screen) {
  const faults = [];
  for (const { dataset } of screen.querySelectorAll("[data-module]")) {
    try {
      await import(dataset.module);
    } catch (error) {
      const file = new URL(dataset.module, location.href).pathname.split("/").slice(-2).join("/");
      faults.push({ code: "", message: `${file}: ${said(error)}`, hint: "the browser's own tools show where" });
    }
  }
  return faults;
}

async function swap(contracts, faults) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const then = page.getElementById("screen");
  if (!then) return;
  const unusable = await broken(then);
  if (unusable.length) return showFaults([...faults, ...unusable]);
  const state = await unmountAll();
  const put = (old, fresh) => old && fresh && old.replaceWith(document.adoptNode(fresh));
  put(document.getElementById("screen"), then);
  put(document.querySelector(".crumb .version"), page.querySelector(".crumb .version"));
  put(document.getElementById("overlays"), page.getElementById("overlays"));
  Object.assign(document.getElementById("main").dataset, page.getElementById("main").dataset);
  await mountAll(contracts, state);
  showFaults(faults);
}

function showFaults(faults) {
  const title = "What was saved does not run; the version before it goes on";
  document.getElementById("faults")?.replaceChildren(
    ...faults.map(({ code, message, hint }) => box(title, code, message, hint)),
  );
}

// See whether what is shown is still what is active: a working copy is swapped in, of all else the page is told.
export async function look(contracts) {
  const main = document.getElementById("main");
  const answer = await fetch(main.dataset.fresh, { headers: { accept: "application/json" } });
  if (!answer.ok) return say("version", "This is not active here any more.", "Look again");
  const { shown, faults } = await answer.json();
  const before = JSON.parse(main.dataset.there);
  const own = main.dataset.package;
  const changed = Object.keys({ ...before, ...shown }).filter((name) => before[name]?.digest !== shown[name]?.digest);
  const isCopy = (name) => shown[name]?.copy && shown[name].copy === (before[name]?.copy ?? shown[name].copy);
  const isCurrent = changed.every(isCopy); // nothing has changed, or nothing but working copies
  if (isCurrent) unsay("version");
  if (isCurrent && changed.length) return swap(contracts, faults);
  showFaults(faults);
  if (isCurrent) return undefined;
  if (!shown[own]) return say("version", "This is not active here any more.", "Look again");
  if (changed.includes(own)) return say("version", `Version ${shown[own].version} is active here now.`, "Show it");
  return say("version", `What ${changed.join(" and ")} shows here has changed.`, "Show it");
}

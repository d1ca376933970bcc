// What a page's module holds of a contract, as the contract's .d.ts says: `await ctx.contract(id, version)`.
// Calls are requests; observables are mirrored, and follow with events by the stream of the page.

export async function ask(data, address, given) {
  const headers = { accept: "application/json" };
  if (given !== undefined) Object.assign(headers, { "content-type": "application/json", "x-form-token": data.formToken });
  const body = given === undefined ? undefined : JSON.stringify(given);
  const answer = await fetch(address, { method: body === undefined ? "GET" : "POST", headers, body });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.error.message), found.error);
  return found;
}

const byName = (names, made) => Object.fromEntries(names.map((name) => [name, made(name)]));

export class Contracts {
  #data;
  #follow;
  #shared = new Map(); // "ID@VERSION" -> { values, told, callbacks, holders }: what all of the page's modules see
  #wanted = "";
  #isSilent = false;
  #isScheduled = false;

  constructor(data, follow) {
    this.#data = data;
    this.#follow = follow;
  }

  // What one module holds; `dispose` ends all of it, also what is still being opened.
  holder() {
    const held = new Set();
    let isOver = false;
    return {
      open: async (id, version) => {
        const contract = await this.#open(String(id), Number(version));
        if (isOver) contract.dispose();
        held.add(contract);
        return contract;
      },
      dispose: () => { isOver = true; for (const one of held) one.dispose(); },
    };
  }

  // What the stream is asked for.
  query() {
    const query = new URLSearchParams();
    for (const [label, { callbacks }] of this.#shared) {
      query.append("contract", label);
      for (const [key, found] of callbacks) if (key.startsWith("events:") && found.size) query.append("event", `${label}:${key.slice(7)}`);
    }
    this.#wanted = query.toString();
    this.#isSilent = false;
    return this.#wanted && `?${this.#wanted}`;
  }

  heard(kind, { contract: label, name, value, payload, error }) {
    const shared = this.#shared.get(label);
    if (kind === "silent") {
      this.#isSilent = true; // its provider may come back
      console.warn(`${label} is not heard of: ${error.message}`);
    } else if (shared && kind === "told") {
      tell(shared, `events:${name}`, payload);
    } else if (shared) {
      shared.values.set(name, value);
      const text = JSON.stringify(value);
      if (shared.told.get(name) === text) return;
      shared.told.set(name, text);
      tell(shared, `observables:${name}`, value);
    }
  }

  // Something is active or provided that was not.
  changed() {
    if (this.#isSilent) this.#schedule(true);
  }

  async #open(id, version) {
    const label = `${id}@${version}`;
    const address = `${this.#data.contract}${encodeURIComponent(id)}/${encodeURIComponent(version)}`;
    const found = await ask(this.#data, address);
    const shared = this.#shared.get(label) ?? { values: new Map(), told: new Map(), callbacks: new Map(), holders: 0 };
    this.#shared.set(label, shared);
    shared.holders += 1;
    for (const [name, value] of Object.entries(found.observables)) {
      if (shared.told.has(name)) continue; // the stream knows better
      shared.values.set(name, value);
      shared.told.set(name, JSON.stringify(value));
    }
    this.#schedule();
    const undos = new Set();
    let isOver = false;
    const use = async (kind, name, act, ...given) => {
      if (isOver) throw Object.assign(new Error(`the contract ${label} was disposed of`), { code: "P0527" });
      while (given.length && given[given.length - 1] === undefined) given.pop();
      return ask(this.#data, address, { kind, name, act, given });
    };
    const hear = (key, callback) => {
      const callbacks = shared.callbacks.get(key) ?? new Set();
      const one = (value) => callback(value);
      shared.callbacks.set(key, callbacks.add(one));
      const undo = () => { callbacks.delete(one); undos.delete(undo); this.#schedule(); };
      undos.add(undo);
      this.#schedule();
      return undo;
    };
    const set = async (name, value) => {
      const before = shared.values.get(name);
      shared.values.set(name, value);
      try {
        const stored = await use("observables", name, "set", value);
        if (shared.values.get(name) === value) shared.values.set(name, stored);
      } catch (error) {
        if (shared.values.get(name) === value) shared.values.set(name, before);
        throw error;
      }
    };
    const acts = ["get", "list", "count", "find_one", "insert", "save", "update", "delete"];
    return {
      tools: byName(found.tools, (name) => (given) => use("tools", name, "call", given)),
      tables: byName(found.tables, (name) => byName(acts, (act) => (...given) => use("tables", name, act, ...given))),
      observables: byName(Object.keys(found.observables), (name) => Object.assign(() => shared.values.get(name), {
        set: (value) => set(name, value),
        subscribe: (callback) => hear(`observables:${name}`, callback),
      })),
      events: byName(found.events, (name) => ({ subscribe: (callback) => hear(`events:${name}`, callback) })),
      dispose: () => {
        if (isOver) return;
        isOver = true;
        for (const undo of [...undos]) undo();
        shared.holders -= 1;
        if (shared.holders === 0) this.#shared.delete(label);
        this.#schedule();
      },
    };
  }

  // Follow anew, once for all that is asked for at once, if that is not what is followed already.
  #schedule(isNeeded = false) {
    if (isNeeded) this.#wanted = undefined;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      const before = this.#wanted;
      this.query();
      if (this.#wanted !== before) this.#follow();
    });
  }
}

// Each hears of it, also when another one fails.
function tell(shared, key, value) {
  for (const callback of [...(shared.callbacks.get(key) ?? [])]) {
    try {
      callback(value);
    } catch (error) {
      console.error(error);
    }
  }
}

// @ts-check
// What there is to do, from whichever package provides the contract Tasks; the page names none.
// Its types, made with `peers types Tasks@2 --ts types`, are for editors and for tsc: no browser loads them.

/** @typedef {import("../../types/tasks_2").Page} Page */
/** @typedef {import("../../types/tasks_2").TasksContract} Tasks */

/**
 * @param {HTMLElement} element
 * @param {Page} ctx
 */
export async function mount(element, ctx) {
  /** @type {Tasks} */
  let tasks;
  try {
    tasks = await ctx.contract("0mx234yf046d1gcfpxxyvh3i6", 2);
  } catch (error) {
    element.textContent = `There are no tasks here: ${error instanceof Error ? error.message : error}`;
    return;
  }
  const [count, said, list, form] = ["p", "p", "ul", "form"].map((name) => document.createElement(name));
  said.setAttribute("role", "status");
  const title = Object.assign(document.createElement("input"), { name: "title", className: "form-control", required: true });
  title.setAttribute("aria-label", "What is to do");
  const add = Object.assign(document.createElement("button"), { className: "btn btn-primary", textContent: "Add" });
  form.className = "acts";
  form.append(title, add);

  async function show() {
    count.textContent = `${tasks.observables.open_tasks()} to do`;
    const rows = await tasks.tables.Tasks.list({ done: false }, { limit: 50 });
    list.replaceChildren(...rows.map((row) => {
      const item = document.createElement("li");
      const done = Object.assign(document.createElement("button"), { className: "btn btn-sm btn-outline-primary", textContent: `Finish ${row.title}` });
      done.addEventListener("click", () => tasks.tools.finish_task({ task_id: row.task_id }));
      item.append(done, row.due === null ? "" : ` until ${row.due}`);
      return item;
    }));
  }

  tasks.observables.open_tasks.subscribe(show);
  tasks.events.task_done.subscribe((done) => { said.textContent = `${done.title} is done.`; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await tasks.tools.add_task({ title: title.value });
    title.value = "";
  });
  await show();
  element.append(count, form, list, said);
}

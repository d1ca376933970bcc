// A page that is drawn anew keeps what somebody has typed, ticked, chosen, opened and walked to on it.

const FIELDS = "input:not([type=hidden]), select, textarea";
const WALKED_TO = `a, button, summary, ${FIELDS}`;

const isBox = (field) => field.type === "checkbox" || field.type === "radio";

// A field is the same one when its form goes to the same place about the same thing.
function nameOf(field) {
  const about = [...(field.form?.querySelectorAll("input[type=hidden]") ?? [])].map((hidden) => hidden.value);
  return [field.form?.action, ...about, field.name, isBox(field) ? field.value : ""].join("\n");
}

function isChanged(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
  return field.value !== first?.value;
}

function give(fresh, old) {
  if (isBox(old)) fresh.checked = old.checked;
  else if (old.tagName !== "SELECT" || [...fresh.options].some((option) => option.value === old.value)) fresh.value = old.value;
}

const placeOf = (element) =>
  [element.tagName, element.getAttribute("href"), element.matches(FIELDS) ? nameOf(element) : element.textContent.trim()].join("\n");

// What is kept of a page, as what puts it into the same page drawn anew.
function kept(main) {
  const changed = [...main.querySelectorAll(FIELDS)].filter(isChanged).map((field) => [nameOf(field), field]);
  const open = [...main.querySelectorAll("details[open] > summary")].map(placeOf);
  const place = main.contains(document.activeElement) ? placeOf(document.activeElement) : undefined;
  return (drawn) => {
    const fields = new Map([...drawn.querySelectorAll(FIELDS)].map((field) => [nameOf(field), field]));
    for (const [name, old] of changed) if (fields.has(name)) give(fields.get(name), old);
    for (const summary of drawn.querySelectorAll("details > summary")) summary.parentElement.open ||= open.includes(placeOf(summary));
    if (!place || drawn.contains(document.activeElement)) return;
    [...drawn.querySelectorAll(WALKED_TO)].find((element) => placeOf(element) === place)?.focus({ preventScroll: true });
  };
}

// Draw the page of this address anew.
export async function redraw() {
  const restore = kept(document.getElementById("main"));
  await htmx.ajax("GET", location.pathname + location.search, { target: "#main", select: "#main", swap: "outerHTML" });
  restore(document.getElementById("main"));
}

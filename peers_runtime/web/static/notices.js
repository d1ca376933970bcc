// What stands above a page until it is no longer so: one notice at a time, each of a kind.

const place = () => document.getElementById("notice");

export function say(kind, text, link) {
  const again = Object.assign(document.createElement("a"), { href: "", textContent: link });
  place().dataset.kind = kind;
  place().replaceChildren(`${text} `, again);
}

// Take back what was said of a kind; what is of another one stays.
export function unsay(kind) {
  if (place().dataset.kind === kind) place().replaceChildren();
}

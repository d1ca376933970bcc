// A button that counts; what it has counted stays when the module is edited while it is shown.
import { step } from "./steps.js";

export function mount(element, ctx) {
  let count = ctx.state?.count ?? 0;
  const button = document.createElement("button");
  button.className = "btn btn-primary";
  const show = () => { button.textContent = `Counted ${count} in ${ctx.contextId}`; };
  button.addEventListener("click", () => { count = step(count); show(); });
  show();
  element.append(button);
  return () => { button.remove(); return { count }; };
}

// The button is shown only where pressing it does something.
import { part } from "./shared/elements.js";

const button = part("print");
button.hidden = false;
button.addEventListener("click", () => print());

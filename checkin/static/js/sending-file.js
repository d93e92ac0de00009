// Shows how far a file has been sent. Without scripts the form works all the same.
import { within } from "./shared/elements.js";

const form = within(document, "form[data-sending]", HTMLFormElement);
const box = within(form, "[data-progress]");
const bar = within(box, "progress", HTMLProgressElement);
const words = within(box, "[role=status]");
const button = within(form, "button", HTMLButtonElement);
const { sending = "", checking = "", failed = "" } = form.dataset;

/** @param {ProgressEvent} progress */
function sent({ lengthComputable, loaded, total }) {
  if (!lengthComputable) return;
  bar.value = Math.floor((100 * loaded) / total);
  words.textContent = `${sending} ${bar.value} %`;
}

function waiting() {
  bar.removeAttribute("value"); // from here a job reads, for whose end the server waits a moment
  words.textContent = checking;
}

/** @param {string} problem */
function again(problem) {
  document.querySelector("#file-problem")?.remove();
  bar.value = 0;
  words.textContent = problem;
  words.className = "problem";
  button.disabled = false;
  within(form, "[type=file]").focus();
}

/**
 * Go to the rows that were read, or to the job that reads them, or say what is wrong: the answer is
 * a page of one of these.
 * @param {XMLHttpRequest} request
 */
function answered({ responseText, responseURL }) {
  const page = new DOMParser().parseFromString(responseText, "text/html");
  if (page.querySelector("#review, #questions, #state")) return location.assign(responseURL);
  const problem = page.querySelector("[role=alert]") ?? page.querySelector("main p");
  again(problem?.textContent ?? failed);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  box.hidden = false;
  button.disabled = true;
  words.className = "";
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", sent);
  request.upload.addEventListener("load", waiting);
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => again(failed));
  request.open("POST", form.action);
  request.send(new FormData(form));
});

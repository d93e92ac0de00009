// Shows how far a file has been sent. Without scripts the form works all the same.
const form = document.querySelector("form[data-sending]");
const box = form.querySelector("[data-progress]");
const bar = box.querySelector("progress");
const words = box.querySelector("[role=status]");
const button = form.querySelector("button");
const { sending, checking, failed } = form.dataset;

function sent({ lengthComputable, loaded, total }) {
  if (!lengthComputable) return;
  bar.value = Math.floor((100 * loaded) / total);
  words.textContent = `${sending} ${bar.value} %`;
}

function waiting() {
  bar.removeAttribute("value"); // from here the server reads: a second or two for 10,000 rows
  words.textContent = checking;
}

function again(problem) {
  document.querySelector("#file-problem")?.remove();
  bar.value = 0;
  words.textContent = problem;
  words.className = "problem";
  button.disabled = false;
  form.querySelector("[type=file]").focus();
}

// The answer is a page: the rows that were read, or what is wrong.
function answered({ target }) {
  const page = new DOMParser().parseFromString(target.responseText, "text/html");
  if (page.querySelector("#review")) location.assign(form.action);
  else
    again(
      (page.querySelector("[role=alert]") ?? page.querySelector("main p"))?.textContent ?? failed,
    );
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  box.hidden = false;
  button.disabled = true;
  words.className = "";
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", sent);
  request.upload.addEventListener("load", waiting);
  request.addEventListener("load", answered);
  request.addEventListener("error", () => again(failed));
  request.open("POST", form.action);
  request.send(new FormData(form));
});

// Shows beside the form of a category how the badge and the gate will show what stands in it now.
const AFTER_MS = 200;

/** @param {HTMLFormElement} form */
function show(form) {
  const said = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? "").trim();
  const band = form.querySelector("[data-part=band]");
  const fields = ["name", "name_ar", "colour", "shape"];
  const query = new URLSearchParams(fields.map((name) => [name, said(name)]));
  if (band instanceof HTMLImageElement) band.src = `${form.dataset.band}?${query}`;
  const shown = form.querySelector("[data-part=name], [data-part=name_ar]");
  if (!(shown instanceof HTMLElement)) return;
  shown.textContent = said(shown.dataset.part ?? "") || said("name") || shown.textContent;
}

for (const form of document.querySelectorAll("form[data-band]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, AFTER_MS, form);
  });
}

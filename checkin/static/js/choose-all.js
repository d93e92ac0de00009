// One box that ticks all of a form: shown only where scripts run.
for (const all of document.querySelectorAll("[data-choose-all]")) {
  all.parentElement.hidden = false;
  all.addEventListener("change", () => {
    const boxes = all.form.querySelectorAll(`input[name="${all.dataset.chooseAll}"]`);
    for (const box of boxes) box.checked = all.checked;
  });
}

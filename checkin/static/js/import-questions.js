// Chooses "create" for every unknown name of a file that nothing was chosen for yet.
for (const button of document.querySelectorAll("button[data-create-all]")) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const { createAll = "" } = button.dataset;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const select of document.querySelectorAll(`select[name^="value-${createAll}-"]`))
      if (select instanceof HTMLSelectElement && !select.value) select.value = "+";
  });
}

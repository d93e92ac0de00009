// One keystroke prints: P, on a participant's page, while nobody is typing.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-print]"));

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  // The key's place, so that it is the same key on an Arabic keyboard.
  if (form && plain && !typing && event.code === "KeyP") form.requestSubmit();
});

// The code of a pairing: asks every two seconds how far it is, until the device has answered.
const EVERY_MS = 2000;
const FINAL = ["paired", "over"];
const pairing = document.querySelector(".pairing-state");

/** @param {HTMLElement} pairing */
async function look(pairing) {
  try {
    const answer = await fetch(pairing.dataset.look ?? "");
    if (answer.ok) {
      const { state, device } = await answer.json();
      const name = pairing.querySelector("[data-part=device]");
      if (name) name.textContent = device;
      pairing.dataset.state = state;
    }
  } catch {
    // the next look may reach the server again
  }
  if (!FINAL.includes(pairing.dataset.state ?? "")) setTimeout(look, EVERY_MS, pairing);
}

if (pairing instanceof HTMLElement) look(pairing);

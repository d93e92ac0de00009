// Make a passkey, or sign with one, and send the answer with the form that asks for it.
import { bytesOf, textOf } from "./shared/bytes.js";
import { field, part } from "./shared/elements.js";

const form = part("passkey", HTMLFormElement);
const problem = part("passkey-problem");

/** @typedef {{ id: string, type: "public-key" }} Known what the server knows a passkey by */

/**
 * Return the options of the server with bytes in place of their base64url texts.
 * @param {any} options
 */
function read(options) {
  const withBytes = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) withBytes.user = { ...options.user, id: bytesOf(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    const known = /** @type {Known[]} */ (options[list] ?? []);
    withBytes[list] = known.map((one) => ({ ...one, id: bytesOf(one.id) }));
  }
  return withBytes;
}

/**
 * Return a credential as the server reads it: its bytes as base64url texts.
 * @param {PublicKeyCredential} credential
 */
function written(credential) {
  const told = /** @type {Record<string, unknown>} */ ({});
  const said = /** @type {any} */ (credential.response);
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  for (const name of parts) if (said[name]) told[name] = textOf(new Uint8Array(said[name]));
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: id, type, response: told, clientExtensionResults: {} });
}

/** Ask the browser, and send what it answers. */
async function send() {
  const publicKey = read(JSON.parse(form.dataset.options ?? ""));
  const asked =
    form.dataset.do === "create"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey });
  field(form, "answer").value = written(/** @type {PublicKeyCredential} */ (await asked));
  form.submit();
}

form.hidden = !("PublicKeyCredential" in window);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  problem.hidden = true;
  send().catch(() => {
    problem.hidden = false;
  });
});

// By which the server's answers are told from those of whatever is between: as
// checkin/protocol/signed_answers.py says.
import { canReadLists, listIsGenuine } from "../offline/list/gate-list.js";
import { sha256 } from "../offline/sha256.js";
import { hexOf, textOf, utf8 } from "../shared/bytes.js";

export const EPOCH_HEADER = "Marhaba-Epoch";
export const NONCE_HEADER = "Marhaba-Nonce";
export const SIGNED_HEADER = "Marhaba-Signed";
const EPOCH = /^[0-9a-f]{32}$/;
const NONCE_BYTES = 16;
const BYTES = "application/octet-stream";

/**
 * An answer as it arrived.
 * @typedef {object} Answer
 * @property {number} status
 * @property {boolean} ok
 * @property {Headers} headers
 * @property {string} text "" of an answer in bytes
 * @property {Uint8Array<ArrayBuffer>} body
 * @property {string} epoch "" where it names none
 * @property {boolean} isOurs it names an epoch that this device has met, or signs a new one; or this device
 *   has met none, and it may be an old server's
 * @property {boolean} isVouched what it ends is ended: it is signed by the event's key, where that is known
 */

/** Return a nonce for a request. */
export const newNonce = () => textOf(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));

/**
 * Return the bytes that the signature of an answer covers.
 * @param {string} nonce of the request
 * @param {number} status
 * @param {string} epoch
 * @param {Uint8Array} body
 */
export function answerBytes(nonce, status, epoch, body) {
  return utf8(`marhaba answer\n${nonce}\n${status}\n${epoch}\n${hexOf(sha256(body))}`);
}

/**
 * Read an answer, and say whose it is.
 * @param {Response} response
 * @param {string} nonce of the request
 * @param {string[]} met the epochs that were met
 * @param {string} publicKey of the event; "" where it is unknown
 * @returns {Promise<Answer>}
 */
export async function answerIn(response, nonce, met, publicKey) {
  const { status, ok, headers } = response;
  const body = new Uint8Array(await response.arrayBuffer());
  const told = headers.get(EPOCH_HEADER) ?? "";
  const epoch = EPOCH.test(told) ? told : "";
  const isMarked = epoch !== "" || met.length === 0;
  const signature = headers.get(SIGNED_HEADER) ?? "";
  // A page at an insecure address verifies nothing, lists either: there an epoch is mark enough.
  const isChecked = epoch !== "" && publicKey !== "" && canReadLists();
  const isVouched = isChecked
    ? signature !== "" &&
      (await listIsGenuine(publicKey, answerBytes(nonce, status, epoch, body), signature))
    : isMarked;
  // Another Marhaba that has got the address has an epoch, too: a new one has to be signed. A restored server
  // does not know who is not paired any more, and cannot sign that.
  const isKnown = met.length === 0 || met.includes(epoch) || status === 401;
  const isOurs = isMarked && (isKnown || isVouched);
  const isText = headers.get("Content-Type") !== BYTES;
  const text = isText ? new TextDecoder().decode(body) : "";
  return { status, ok, headers, text, body, epoch, isOurs, isVouched };
}

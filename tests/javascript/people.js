// The people of a help desk as a server seals and signs them: checkin/protocol/sealed_pages.py in JavaScript.
import { signedBytes } from "../../checkin/static/js/offline/list/gate-list.js";
import { textOf, utf8 } from "../../checkin/static/js/shared/bytes.js";
import { aContent } from "./fakes.js";
import { aServerKey } from "./lists.js";

/** @import { Listed, PeopleReply } from "../../checkin/static/js/offline/help-desk.js" */
/** @import { SealedPage } from "../../checkin/static/js/offline/store/sealed-pages.js" */

/** Keys that a server lends to two help desks, or to one before and after it was revoked. */
export const [LENT, OTHER] = [1, 2].map((value) => textOf(new Uint8Array(32).fill(value)));

const SERVER = await aServerKey();

/**
 * Return what the list of people tells of somebody.
 * @param {number} id
 * @param {string} name
 * @param {Partial<Listed>} more
 * @returns {Listed}
 */
export function aListed(id, name, more = {}) {
  const { delegation, standing, blocked, gates } = aContent();
  const participant = { id, name, name_ar: null, category: "Militant" };
  const found = { refs: [], names: [], email: null, phone: null, bus: null };
  return { participant, delegation, standing, blocked, gates, ...found, ...more };
}

/**
 * Return the reply of GET /people-list, and the pages of these people, one each.
 * @param {Listed[]} people
 * @param {object} [of]
 * @param {string} [of.key]
 * @param {string} [of.event]
 * @param {number} [of.version]
 * @param {CryptoKeyPair} [of.signer]
 * @param {Partial<PeopleReply["head"]["search"]>} [of.search]
 * @returns {Promise<{reply: PeopleReply, pages: SealedPage[]}>}
 */
export async function aPeopleList(
  people,
  { key = LENT, event = "rabat", version = 1, signer = SERVER, search = {} } = {},
) {
  const pages = await Promise.all(people.map((one) => sealed(key, [one])));
  const head = {
    event,
    version,
    search: { budget: 600, opens_at: null, closes_at: null, ...search },
    marks: pages.map(({ mark }) => mark),
  };
  const content = signedBytes(/** @type {any} */ (head), [], []);
  const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, content);
  const point = await crypto.subtle.exportKey("raw", signer.publicKey);
  const texts = [point, signature].map((raw) => textOf(new Uint8Array(raw)));
  return { reply: { key, head, public_key: texts[0], signature: texts[1] }, pages };
}

/**
 * @param {string} key
 * @param {Listed[]} people
 * @returns {Promise<SealedPage>}
 */
async function sealed(key, people) {
  const raw = Buffer.from(key, "base64url");
  const secret = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveBits"]);
  const derived = (/** @type {string} */ info) =>
    crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) },
      secret,
      256,
    );
  const content = utf8(JSON.stringify(people));
  const opening = await derived("marhaba sealed page");
  const cipher = await crypto.subtle.importKey("raw", opening, "AES-GCM", false, ["encrypt"]);
  const marks = await derived("marhaba mark of a page");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const marking = await crypto.subtle.importKey("raw", marks, hmac, false, ["sign"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const hidden = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, content);
  const code = await crypto.subtle.sign("HMAC", marking, content);
  return {
    mark: textOf(new Uint8Array(code).slice(0, 16)),
    sealed: textOf(Uint8Array.from([...iv, ...new Uint8Array(hidden)])),
  };
}

// Bytes and their base64url texts, as the gate list writes them.

/**
 * Return the base64url text of some bytes.
 * @param {Uint8Array} bytes
 */
export function textOf(bytes) {
  const plain = btoa(String.fromCharCode(...bytes));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * Return the bytes of a base64url text; throws where it is none.
 * @param {string} text
 */
export function bytesOf(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/**
 * Return the lower-case hexadecimal text of some bytes.
 * @param {Uint8Array} bytes
 */
export function hexOf(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Return the bytes of a hexadecimal text.
 * @param {string} hex
 */
export function bytesOfHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

/** Return a random UUID; `crypto.randomUUID` wants a secure origin, and a door may lack one. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562, version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hexOf(bytes).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

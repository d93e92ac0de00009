// A server that is asked by `fetch`: what it was asked, and what it answers.
import { ROOT } from "../../../checkin/static/js/shared/root.js";

/**
 * A request as a server sees it.
 * @typedef {object} Asked
 * @property {string} method
 * @property {string} path below the root of the device API
 * @property {object | null} body
 * @property {Headers} headers
 */

/**
 * Let `answer` stand for the server until the test is over, and return what it was asked.
 * @param {import("node:test").TestContext} t
 * @param {(asked: Asked) => Response | Promise<Response>} answer
 */
export function serverAnswering(t, answer) {
  /** @type {Asked[]} */
  const asked = [];
  t.mock.method(
    globalThis,
    "fetch",
    async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
      const { method = "GET", body } = init;
      const path = url.replace(`${ROOT}api/v1/`, "");
      const sent = typeof body === "string" ? JSON.parse(body) : null;
      asked.push({ method, path, body: sent, headers: new Headers(init.headers) });
      return answer(asked[asked.length - 1]);
    },
  );
  return asked;
}

/**
 * Return an answer of our server.
 * @param {object} body
 * @param {ResponseInit} [how]
 */
export const told = (body, how) => Response.json(body, how);

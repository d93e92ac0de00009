import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { mayBeUndone, RecentScans } from "../../../../checkin/static/js/scan/cards/recent-scans.js";
import { REASONS } from "../../fakes.js";

/** @import { Verdict } from "../../../../checkin/static/js/offline/scan.js" */

/**
 * @typedef {{verdict?: [string, keyof typeof TOLD, number?], overridden?: string, again?: string,
 *   practice?: keyof typeof TOLD,
 *   foreign?: boolean, undone?: string, dismiss?: boolean}} GateEvent
 * @typedef {{name: string, steps: [number, GateEvent, Record<string, string[]>][]}} Case
 */

// The cases to which the Python module is held, too.
const VECTORS = new URL("../../../vectors/recent_scans.json", import.meta.url);
/** @type {{cases: Case[]}} */
const { cases } = JSON.parse(readFileSync(VECTORS, "utf-8"));
/** @satisfies {Record<string, Partial<Verdict>>} */
const TOLD = {
  ok: { status: "ok" },
  pending: { status: "ok", offline: true },
  already: { status: "error", reason: "already_redeemed" },
  refused: { status: "error", reason: "blocked" },
};

/**
 * @param {string} letter
 * @param {Partial<Verdict>} told
 * @returns {Verdict}
 */
const verdictOf = (letter, told) => ({
  scan: { scan_id: letter, code: letter, type: "entry", source: "camera", scanned_at: "" },
  ...told,
});

/** @param {string | null | undefined} reason */
const rowOf = (reason) => REASONS.find((row) => row.reason === reason);

/**
 * @param {RecentScans} recent
 * @param {GateEvent} gateEvent
 * @param {number} now
 */
function happens(recent, { verdict, overridden, again, foreign, practice, undone, dismiss }, now) {
  if (overridden) recent.remove(overridden);
  if (verdict) recent.add(verdictOf(verdict[0], TOLD[verdict[1]]), now, verdict[2] ?? null);
  if (again) recent.showAgain(again, now);
  if (foreign) recent.showForeign(verdictOf("", { foreign: true }));
  if (practice) recent.add({ ...verdictOf("", TOLD[practice]), rehearsal: true }, now);
  if (undone) recent.undo(undone);
  if (dismiss) recent.dismiss();
  recent.expire(now);
}

/** @param {RecentScans} recent */
function shown(recent) {
  return {
    cards: recent.cards.map(
      ({ verdict, kind, isSame }) =>
        `${isSame ? "↺ " : ""}${verdict.scan.code || (verdict.rehearsal ? "practice" : "foreign")} ${kind}`,
    ),
    list: recent.listed.map((scan) => {
      const done = scan.isUndone ? "undone" : mayBeUndone(scan) ? "undo" : "";
      const may = done || (recent.mayBeOverridden(scan) ? "override" : "");
      return `${scan.verdict.scan.scan_id} ${scan.kind} ${may}`.trim();
    }),
  };
}

for (const { name, steps } of cases) {
  test(name, () => {
    const recent = new RecentScans(rowOf);
    for (const [at, gateEvent, expected] of steps) {
      happens(recent, gateEvent, at * 1000);
      const { cards, list } = shown(recent);
      assert.deepEqual({ cards, list, ...expected }, { cards, list });
    }
  });
}

test("what no supervisor answers for is not offered", () => {
  const recent = new RecentScans(rowOf);
  const stop = { fr: "Alarme" };
  for (const told of [
    { ...TOLD.refused, reason: /** @type {const} */ ("revoked") },
    { ...TOLD.refused, fault: { code: "storage_full" } },
    { ...TOLD.refused, stop },
    { unconfirmed: true },
  ])
    recent.add(verdictOf(String(recent.listed.length), told), 0);

  const ofThese = recent.overridable;
  recent.add(verdictOf("new", { status: "error", reason: /** @type {any} */ ("of_tomorrow") }), 0);
  assert.deepEqual([ofThese, recent.overridable?.verdict.scan.scan_id], [undefined, "new"]);
  recent.add(verdictOf("practice", { ...TOLD.ok, rehearsal: true }), 0);
  assert.equal(recent.undoable, undefined);
});

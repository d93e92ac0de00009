// Stand-ins for what a module is given, and scans and people to give it.
import { readFileSync } from "node:fs";
import { DeviceClock } from "../../checkin/static/js/offline/clock.js";
import { keptScan } from "../../checkin/static/js/offline/scan.js";

/** @import { ReasonRow } from "../../checkin/static/js/offline/admission.js" */
/** @import { EntryContent } from "../../checkin/static/js/offline/list/gate-list.js" */
/** @import { LeaseReply } from "../../checkin/static/js/offline/leases.js" */
/** @import { Passage } from "../../checkin/static/js/offline/store/memory.js" */
/** @import { NameTables } from "../../checkin/static/js/offline/names/name-sounds.js" */
/** @import { KeptScan, Scan, ScanReply } from "../../checkin/static/js/offline/scan.js" */

const VECTORS = new URL("../vectors/admission.json", import.meta.url);

/**
 * The reasons as the server hands them to the page, without their sentences.
 * @type {ReasonRow[]}
 */
export const REASONS = JSON.parse(readFileSync(VECTORS, "utf-8")).reasons;

const NAMES = new URL("../vectors/name_distances.json", import.meta.url);

/**
 * What letters and small words of names stand for, as the server hands it to the page.
 * @type {NameTables}
 */
export const TABLES = JSON.parse(readFileSync(NAMES, "utf-8")).tables;

/** 14 June 2025 at noon, by the server's clock. */
export const NOON = Date.parse("2025-06-14T12:00:00Z");

export const PLACE = { id: 7, name: "Porte A" };
export const KHEMISSET = { id: 4, name: "Khémisset", name_ar: "الخميسات" };

/** Codes of badges whose tokens are sixteen times 1, 2, 3 and 4. */
export const [ONE, TWO, THREE, STRANGER] = [
  "M040G2081040G2081040G208104EE",
  "M081040G2081040G2081040G2081B",
  "M0C1G60R30C1G60R30C1G60R30C8V",
  "M0G2081040G2081040G2081040GAM",
];

/**
 * Let a few methods stand for the whole of an object; a call of another one fails the test.
 * @template Whole
 * @param {Partial<NoInfer<Whole>>} parts
 * @returns {Whole}
 */
export function fake(parts) {
  return /** @type {Whole} */ (parts);
}

/**
 * Return a scan of a badge, read at noon.
 * @param {string} id
 * @param {Partial<Scan>} more
 * @returns {Scan}
 */
export function aScan(id, more = {}) {
  const scanned_at = "2025-06-14T12:00:00.000Z";
  return { scan_id: id, code: ONE, type: "entry", source: "camera", scanned_at, ...more };
}

/**
 * Return the same scan as it is kept.
 * @param {string} id
 * @param {Partial<Scan>} more
 * @returns {KeptScan}
 */
export const aKeptScan = (id, more = {}) => keptScan(aScan(id, more));

/**
 * Return what an entry of the list tells of a person.
 * @param {Partial<EntryContent>} more
 * @returns {EntryContent}
 */
export function aContent(more = {}) {
  return {
    participant: { id: 1, name: "Amina 1", name_ar: "أمينة", category: "Militant" },
    delegation: { ...KHEMISSET, quota: 1000 },
    standing: "confirmed",
    blocked: false,
    gates: [],
    ...more,
  };
}

/**
 * Return a passage through this gate that spends nothing.
 * @param {string} id of its scan
 * @param {Partial<Passage>} more
 * @returns {Passage}
 */
export function aPassage(id, more = {}) {
  return {
    scan_id: id,
    tag: "tag 1",
    participant_id: 1,
    delegation_id: 4,
    direction: "entry",
    at: NOON,
    gate: "Porte A",
    lease_id: null,
    place: false,
    seat: false,
    ...more,
  };
}

/**
 * Return what the server lends, good for ten minutes after noon.
 * @param {Partial<LeaseReply> & {places?: number}} more
 * @returns {LeaseReply}
 */
export function aLease({ places = 0, ...more } = {}) {
  return {
    lease_id: "L1",
    expires_at: "2025-06-14T12:10:00Z",
    delegations: [{ ...KHEMISSET, places }],
    hall: null,
    ...more,
  };
}

/**
 * Return the server's yes to a scan.
 * @param {Scan} scan
 * @param {Partial<ScanReply>} more
 * @returns {ScanReply}
 */
export function aReply(scan, more = {}) {
  const { participant, delegation } = aContent();
  return { scan_id: scan.scan_id, status: "ok", reason: null, participant, delegation, ...more };
}

/** A clock whose time the test lets pass; it agrees with the server's where nothing else is said. */
export class TestClock extends DeviceClock {
  /** @param {{at?: number, keptSkew?: number, floor?: number | null}} from */
  constructor({ at = NOON, ...more } = {}) {
    const time = { wall: at, steady: 0 };
    super({ wall: () => time.wall, steady: () => time.steady, ...more });
    this.time = time;
  }

  /** @param {number} ms */
  pass(ms) {
    this.time.wall += ms;
    this.time.steady += ms;
  }

  /**
   * Set the time of day, as somebody at the settings does.
   * @param {number} byMs
   */
  set(byMs) {
    this.time.wall += byMs;
  }
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { busesOf, foundBuses, openedBus } from "../../../checkin/static/js/offline/desk-buses.js";
import { DeskPeople } from "../../../checkin/static/js/offline/names/desk-search.js";
import { TABLES } from "../fakes.js";

/** @import { OpenedBus } from "../../../checkin/static/js/offline/bus.js" */
/** @import { Listed } from "../../../checkin/static/js/offline/help-desk.js" */

const VECTORS = new URL("../../vectors/desk_buses.json", import.meta.url);
/**
 * @type {{people: Listed[], cases: {typed: string, buses: number[], leaders: number[]}[],
 *   opened: Record<string, OpenedBus>}}
 */
const { people, cases, opened } = JSON.parse(readFileSync(VECTORS, "utf-8"));

test("a bus is found as in Python, by its name, its delegation and its leader", () => {
  const known = busesOf(people);

  for (const { typed, buses, leaders } of cases) {
    const found = foundBuses(known.values(), typed);
    assert.deepEqual([found.buses.map(({ id }) => id), found.leaders], [buses, leaders], typed);
  }
});

test("the list tells what the leader's badge opens, and nothing by which people are found", () => {
  const known = busesOf(people);

  for (const [id, list] of Object.entries(opened)) {
    const bus = known.get(Number(id));
    assert.deepEqual(bus && openedBus(bus), list);
  }
});

test("whoever changes their bus or leaves is on its list no more", () => {
  const known = new DeskPeople(TABLES);
  for (const one of people) known.put(one);
  assert.ok(known.bus(33));

  known.put({ ...people[4], bus: "Car 1", bus_id: 32 });
  known.keepOnly(new Set([2, 5, 9]));

  assert.deepEqual([known.bus(33), known.findBuses("elodie").buses], [null, []]);
  assert.deepEqual(
    known.bus(32)?.people.map(({ participant }) => participant.id),
    [5],
  );
});

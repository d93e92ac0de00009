// On a telephone a board begins with its figures: its other parts are folded until they are asked for.
import { allWithin } from "./shared/elements.js";

const NARROW = "(max-width: 44rem)";

for (const fold of allWithin(document, ".fold", HTMLDetailsElement)) {
  fold.open = !matchMedia(NARROW).matches;
}

// The parts of a page, by kind: a part that the page's template lacks is told by its name.

/**
 * Return the part of the page with an id.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function part(id, kind) {
  return ofKind(document.getElementById(id), kind, `#${id}`);
}

/**
 * Return the first element inside another that a selector finds.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} whole
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function within(whole, selector, kind) {
  return ofKind(whole.querySelector(selector), kind, selector);
}

/**
 * Return all elements inside another that a selector finds.
 * @template {Element} [Kind=HTMLElement]
 * @param {ParentNode} whole
 * @param {string} selector
 * @param {new () => Kind} [kind]
 * @returns {Kind[]}
 */
export function allWithin(whole, selector, kind) {
  return [...whole.querySelectorAll(selector)].map((one) => ofKind(one, kind, selector));
}

/**
 * Return the field of a form with a name.
 * @template {Element} [Kind=HTMLInputElement]
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {new () => Kind} [kind]
 * @returns {Kind}
 */
export function field(form, name, kind) {
  const Wanted = kind ?? HTMLInputElement;
  const found = form.elements.namedItem(name);
  if (found instanceof Wanted) return /** @type {Kind} */ (found);
  throw new TypeError(`the form has no field ${name}`);
}

/**
 * @template {Element} Kind
 * @param {Element | null} found
 * @param {(new () => Kind) | undefined} kind
 * @param {string} named
 * @returns {Kind}
 */
function ofKind(found, kind, named) {
  if (found instanceof (kind ?? HTMLElement)) return /** @type {Kind} */ (found);
  throw new TypeError(`the page has no ${named}`);
}

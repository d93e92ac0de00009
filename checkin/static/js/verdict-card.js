// The verdict, full screen: colour, shape, word and name, readable at two metres.

const SHOWN_MS = { ok: 6_000, already: 9_000, refused: 9_000 };
const ALREADY = new Set(["already_redeemed", "checkout_required"]);

/** Return "ok", "already" or "refused" for the server's reply. */
export function kindOf(reply) {
  if (reply.status === "ok") return "ok";
  return ALREADY.has(reply.reason) ? "already" : "refused";
}

/** Put `values` in the {places} of a sentence. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export class VerdictCard {
  #timer = 0;

  /** @param localTime writes a moment as the event's clocks show it */
  constructor(element, words, localTime) {
    this.element = element;
    this.words = words;
    this.localTime = localTime;
    this.count = new Intl.NumberFormat(document.documentElement.lang);
    element.addEventListener("click", () => this.hide());
    addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
  }

  /** Show the server's verdict. */
  show(reply, type) {
    const kind = kindOf(reply);
    const { verdicts } = this.words;
    const word = kind === "ok" ? verdicts[type] : verdicts[reply.reason];
    const stopped = reply.stop?.[document.documentElement.lang.slice(0, 2)];
    this.#fill(kind, stopped ?? word ?? reply.message, this.#lines(reply));
    this.#hideAfter(SHOWN_MS[kind]);
    return kind;
  }

  /** Show that a scan has no answer yet: never a verdict, and it stays until there is one. */
  showUnconfirmed() {
    const { card } = this.words;
    this.#fill("unconfirmed", card.unconfirmed, { more: card.unconfirmed_more });
    clearTimeout(this.#timer);
  }

  showFailed() {
    const { card } = this.words;
    this.#fill("unconfirmed", card.failed, { more: card.failed_more });
    this.#hideAfter(SHOWN_MS.refused);
  }

  hide() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
  }

  #lines({ participant, delegation, first_admission: first, reason }) {
    const { card } = this.words;
    const numbers = delegation && {
      arrived: this.count.format(delegation.arrived),
      quota: this.count.format(delegation.quota),
    };
    const arabic = document.documentElement.lang.startsWith("ar");
    return {
      ...this.#names(participant),
      delegation: (arabic && delegation?.name_ar) || delegation?.name,
      arrived: numbers && fill(card.arrived, numbers),
      category: (arabic && participant?.category_ar) || participant?.category,
      more: reason && first && fill(card.first, { time: this.localTime(first.at), gate: first.gate }),
    };
  }

  #names(participant) {
    const both = [participant?.name, participant?.name_ar];
    if (document.documentElement.lang.startsWith("ar")) both.reverse();
    const [name, otherName] = both.filter(Boolean);
    return { name, otherName };
  }

  #fill(kind, word, lines) {
    this.element.hidden = false;
    this.element.dataset.kind = kind;
    for (const part of this.element.querySelectorAll("[data-part]")) {
      const text = part.dataset.part === "word" ? word : lines[part.dataset.part];
      part.textContent = text ?? "";
      part.hidden = !text;
    }
  }

  #hideAfter(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), ms);
  }
}

// Single values that outlive the page, mirrored in memory so that reading them needs no waiting.

export class KeptValues {
  #values;

  constructor(storage, rows) {
    this.storage = storage;
    this.#values = new Map(rows.map(({ name, value }) => [name, value]));
  }

  static async of(storage) {
    return new KeptValues(storage, await storage.all("kept"));
  }

  value(name, otherwise = null) {
    return this.#values.get(name) ?? otherwise;
  }

  async keep(values) {
    await this.storage.write(["kept"], (store) => this.writeIn(store, values));
    this.believe(values);
  }

  /** Write within somebody's transaction; `believe` follows once it is complete. */
  writeIn(store, values) {
    for (const [name, value] of Object.entries(values)) store("kept").put({ name, value });
  }

  believe(values) {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  forget() {
    this.#values.clear();
  }
}

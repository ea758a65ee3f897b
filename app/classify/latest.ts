/**
 * Work of which only the newest matters, one at a time: what is handed in while another is under way waits, and is
 * dropped when something newer comes. So a live picture never waits behind older ones.
 */
export class Latest<T> {
  readonly #work: (item: T) => Promise<void>;
  #waiting: { readonly item: T } | undefined;
  #running = false;

  /** `work` must not throw. */
  constructor(work: (item: T) => Promise<void>) {
    this.#work = work;
  }

  /** Whether something is under way. */
  get busy(): boolean {
    return this.#running;
  }

  /** Whether something newer waits for what is under way. */
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Resolves when there is nothing left to do. */
  async submit(item: T): Promise<void> {
    this.#waiting = { item };
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#waiting) {
        const { item } = this.#waiting;
        this.#waiting = undefined;
        await this.#work(item);
      }
    } finally {
      this.#running = false;
    }
  }
}

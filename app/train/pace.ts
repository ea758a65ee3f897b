/** When something that costs time may be done again: not too often, and for no more than a share of all time. */
export class Pace {
  readonly #every: number;
  readonly #share: number;
  readonly #clock: () => number;
  #next: number;

  /** `every` in milliseconds, `share` of one. */
  constructor(every: number, share: number, clock: () => number = () => performance.now()) {
    this.#every = every;
    this.#share = share;
    this.#clock = clock;
    this.#next = clock();
  }

  due(): boolean {
    return this.#clock() >= this.#next;
  }

  /** Makes it due. */
  now(): void {
    this.#next = this.#clock();
  }

  /** Does it, and waits the longer for the next time the longer it took. */
  async spend(work: () => Promise<void>): Promise<void> {
    const start = this.#clock();
    this.#next = Number.POSITIVE_INFINITY;
    await work();
    const end = this.#clock();
    const asked = this.#next;
    this.#next = Math.min(asked, Math.max(start + this.#every, end + (end - start) * (1 / this.#share - 1)));
  }
}

import { effect, type Signal, signal } from "@preact/signals";
import { count, looked, position } from "./state.ts";

export const playing: Signal<boolean> = signal(false);

/** Windows a second. */
export const speed: Signal<number> = signal(8);
export const speeds: readonly number[] = [1, 2, 4, 8, 15, 30, 60, 120, 240, 480];

/** Whether the result is seen only as far as it is computed. */
export const unveiling: Signal<boolean> = signal(false);

let toldAt = 0;

/** The window that the page tells about in numbers: the one looked at, ten times a second at most while it moves. */
export const told: Signal<number> = signal(0);

effect(() => {
  const now = looked.value;
  if (playing.value && performance.now() - toldAt < 100) return;
  toldAt = performance.now();
  told.value = now;
});

let last = 0;
let due = 0;

/** From here to the end; from the beginning, if this is the end. */
export function play(): void {
  if (count.value === 0) return;
  if (position.value >= count.value - 1) position.value = 0;
  playing.value = true;
  last = performance.now();
  due = 0;
  requestAnimationFrame(frame);
}

export function pause(): void {
  playing.value = false;
}

/** Steps by hand end the play. */
export function stepBy(windows: number): void {
  pause();
  position.value = Math.max(0, Math.min(count.value - 1, position.value + windows));
}

function frame(now: number): void {
  if (!playing.value) return;
  // A page that was in the background goes on where it was.
  due += (Math.min(250, Math.max(0, now - last)) / 1000) * speed.value;
  last = now;
  const steps = Math.floor(due);
  due -= steps;
  const next = Math.min(count.value - 1, position.value + steps);
  if (next !== position.value) position.value = next;
  if (next >= count.value - 1) pause();
  else requestAnimationFrame(frame);
}

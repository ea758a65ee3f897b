import { useSignal } from "@preact/signals";
import { count, type Dataset } from "convnets";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { loadDigits } from "../digits/load.ts";
import { asPixels, type Pixels } from "../pictures/asImage.ts";
import { drawPixels } from "./paint.ts";
import type { Session } from "./session.ts";

/** Digits that no network of this page was trained on: one of each kind, and the next. */
export function Examples({ session }: { readonly session: Session }): JSX.Element {
  const digits = useSignal<Dataset | undefined>(undefined);
  const failure = useSignal("");
  const at = useSignal<number | undefined>(undefined);
  useEffect(() => {
    loadDigits("test").then(
      (loaded) => {
        digits.value = loaded;
      },
      (error: unknown) => {
        failure.value = error instanceof Error ? error.message : String(error);
      },
    );
  }, []);
  if (failure.value !== "")
    return (
      <p class="notice" role="alert">
        The digits could not be loaded: {failure.value}
      </p>
    );
  const set = digits.value;
  if (!set) return <p class="muted">Fetching the digits …</p>;
  const show = (index: number): void => {
    at.value = index;
    session.show(pixelsOf(set, index));
  };
  /** The first of a kind behind the one that shows, from the beginning again at the end. */
  const next = (label?: number): void => {
    const total = count(set);
    for (let step = 1; step <= total; step++) {
      const index = ((at.value ?? -1) + step) % total;
      if (label !== undefined && set.labels[index] !== label) continue;
      show(index);
      return;
    }
  };
  return (
    <div class="stack examples">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame of its own */}
      <div class="kinds" role="group" aria-label="A test digit of a kind">
        {set.classes.map((name, label) => (
          <button
            key={name}
            type="button"
            aria-pressed={at.value !== undefined && set.labels[at.value] === label}
            aria-label={`A ${name}`}
            onClick={() => next(label)}
          >
            <Thumb picture={pixelsOf(set, set.labels.indexOf(label))} />
          </button>
        ))}
      </div>
      <div class="row">
        <button type="button" onClick={() => next()}>
          Next digit
        </button>
        <span class="muted" aria-live="polite">
          {at.value === undefined
            ? `${count(set).toLocaleString("en")} digits to choose from`
            : `Digit ${at.value + 1} of ${count(set).toLocaleString("en")}, somebody's ${set.classes[set.labels[at.value] ?? 0]}`}
        </span>
      </div>
    </div>
  );
}

function Thumb({ picture }: { readonly picture: Pixels }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) drawPixels(canvas.current, picture);
  }, []);
  return <canvas ref={canvas} class="pixels" width="28" height="28" />;
}

function pixelsOf({ images, shape: [channels, height, width] }: Dataset, index: number): Pixels {
  const stride = channels * height * width;
  const data = images.subarray(index * stride, (index + 1) * stride);
  return asPixels({ data, channels, height, width });
}

import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dark } from "../shell/theme.ts";

interface PixelsProps {
  /** Strengths from 0 to 1, `[height, width]`; NaN stays empty. */
  readonly values: Float32Array;
  readonly width: number;
  /** The name of the colour of 1; that of 0 is the paper's. */
  readonly colour: string;
  /** Left out where a name is beside it. */
  readonly label?: string;
}

/** Numbers as a picture, a pixel each, as large as there is room. */
export function Pixels({ values, width, colour, label }: PixelsProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const draw = () => {
    if (canvas.current) paint(canvas.current, values);
  };
  useEffect(draw, [values, colour]);
  useSignalEffect(() => {
    // The colours of the style sheet are others then.
    void dark.value;
    draw();
  });
  return (
    <canvas
      ref={canvas}
      class="pixels"
      width={width}
      height={values.length / width}
      style={{ color: `var(${colour})` }}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    />
  );
}

function paint(canvas: HTMLCanvasElement, values: Float32Array): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const [red = 0, green = 0, blue = 0] = componentsOf(getComputedStyle(canvas).color);
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, index) => {
    // The paper shows through what is weak.
    image.data.set([red, green, blue, Number.isNaN(value) ? 0 : 255 * value], 4 * index);
  });
  context.putImageData(image, 0, 0);
}

/** Red, green and blue of a computed colour such as `rgb(37, 99, 201)`. */
function componentsOf(colour: string): readonly number[] {
  return (colour.match(/[\d.]+/g) ?? []).map(Number);
}

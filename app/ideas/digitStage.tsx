import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { Pixels } from "./pixels.tsx";
import { Quantity } from "./quantity.tsx";
import { session } from "./session.ts";
import { farthest, moved, type Placement, perClass, type Shift, withinReach } from "./shift.ts";

interface DigitStageProps {
  readonly placement: Placement;
  readonly onMove: (part: Partial<Placement>) => void;
  /** Goes on from where the digit is by then: keys repeat faster than pages are drawn. */
  readonly onStep: (by: Shift) => void;
}

const arrows: Readonly<Record<string, Shift>> = {
  ArrowLeft: { dx: -1, dy: 0 },
  ArrowRight: { dx: 1, dy: 0 },
  ArrowUp: { dx: 0, dy: -1 },
  ArrowDown: { dx: 0, dy: 1 },
};

/** A digit to move: dragged, by arrow keys, or by sliders. */
export function DigitStage({ placement, onMove, onStep }: DigitStageProps): JSX.Element {
  const { digit, dx, dy } = placement;
  const label = Math.floor(digit / perClass);
  const images = session.samples.value?.images;
  const pixels = useMemo(() => {
    const picture = images?.subarray(784 * digit, 784 * (digit + 1)) ?? new Uint8Array(784);
    return Float32Array.from(moved(picture, { dx, dy }), (pixel) => pixel / 255);
  }, [images, digit, dx, dy]);
  const grip = useRef<(Shift & { readonly x: number; readonly y: number }) | undefined>(undefined);
  const moveTo = (x: number, y: number) => onMove({ dx: withinReach(x), dy: withinReach(y) });
  return (
    <div class="placing">
      <button
        type="button"
        class="grip"
        aria-label={`A ${label}, ${dx} pixels to the right and ${dy} down. Arrow keys move it.`}
        onKeyDown={(event) => {
          const arrow = arrows[event.key];
          if (arrow === undefined) return;
          event.preventDefault();
          onStep(arrow);
        }}
        onPointerDown={({ currentTarget, pointerId, clientX, clientY }) => {
          currentTarget.setPointerCapture(pointerId);
          grip.current = { x: clientX, y: clientY, dx, dy };
        }}
        onPointerMove={({ currentTarget, pointerId, clientX, clientY }) => {
          const start = grip.current;
          if (start === undefined || !currentTarget.hasPointerCapture(pointerId)) return;
          const pixel = currentTarget.clientWidth / 28;
          moveTo(
            start.dx + Math.round((clientX - start.x) / pixel),
            start.dy + Math.round((clientY - start.y) / pixel),
          );
        }}
      >
        <Pixels values={pixels} width={28} colour="--ink" />
      </button>
      <div class="placing-controls">
        <fieldset class="digits" aria-label="Digit">
          {Array.from({ length: 10 }, (_, other) => (
            <button
              key={other}
              type="button"
              aria-pressed={other === label}
              onClick={() => onMove({ digit: other * perClass })}
            >
              {other}
            </button>
          ))}
        </fieldset>
        <div class="row">
          <button
            type="button"
            onClick={() => onMove({ digit: label * perClass + ((digit + 1) % perClass) })}
          >
            Next {label}
          </button>
          <button type="button" disabled={dx === 0 && dy === 0} onClick={() => moveTo(0, 0)}>
            Back to the middle
          </button>
        </div>
        <Quantity
          label="To the right, pixels"
          value={dx}
          limits={[-farthest, farthest]}
          onChange={(value) => onMove({ dx: value })}
        />
        <Quantity
          label="Down, pixels"
          value={dy}
          limits={[-farthest, farthest]}
          onChange={(value) => onMove({ dy: value })}
        />
      </div>
    </div>
  );
}

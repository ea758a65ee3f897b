import type { JSX } from "preact";
import { Choice } from "./choice.tsx";
import { change, columns, pooling, rows, settings } from "./state.ts";

/** How the window moves. */
export function GeometryCard(): JSX.Element {
  const { size, stride, padding, dilation } = settings.value;
  return (
    <section class="card stack">
      <h2>Movement</h2>
      <Choice
        legend="Stride: pixels from window to window"
        value={stride}
        among={[1, 2, 3, 4].map((one) => [one, `${one}`] as const)}
        onChange={(chosen) => change({ stride: chosen })}
      />
      <Choice
        legend="Padding: zeros around the picture"
        value={padding === "same" ? undefined : padding}
        among={Array.from({ length: size + 1 }, (_, index) => [index, `${index}`] as const)}
        onChange={(chosen) => change({ padding: chosen })}
      />
      <div class="row">
        <button type="button" aria-pressed={padding === 0} onClick={() => change({ padding: 0 })}>
          Valid
        </button>
        <button type="button" aria-pressed={padding === "same"} onClick={() => change({ padding: "same" })}>
          Same
        </button>
        {padding === "same" && <span class="muted">{samePadding()}</span>}
      </div>
      {!pooling.value && (
        <Choice
          legend="Dilation: pixels from tap to tap"
          value={dilation}
          among={[1, 2, 3].map((one) => [one, `${one}`] as const)}
          onChange={(chosen) => change({ dilation: chosen })}
        />
      )}
    </section>
  );
}

function samePadding(): string {
  const { before, after } = rows.value;
  const [left, right] = [columns.value.before, columns.value.after];
  if (before === after && left === right && before === left) return `${before} on every side`;
  return `${before} above, ${after} below, ${left} left, ${right} right`;
}

import type { JSX } from "preact";
import { type Axis, stepsOf } from "./geometry.ts";
import { exact } from "./numbers.ts";
import { columns, pooling, rows, settings } from "./state.ts";

/** How many windows there are, with the numbers put in. */
export function Formula(): JSX.Element {
  const square = rows.value.extent === columns.value.extent;
  return (
    <section class="card" aria-label="Size of the output">
      <h2>Size of the output</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it where it is wider than the page */}
      <section class="scroll formulas" aria-label="Formula" tabIndex={0}>
        <General />
        {!square && <p class="muted">Height</p>}
        <Numbers axis={rows.value} name={square ? "height and width" : "height"} />
        {!square && <p class="muted">Width</p>}
        {!square && <Numbers axis={columns.value} name="width" />}
      </section>
      <p class="muted">
        <Letters />
        {rest(rows.value, columns.value)}
      </p>
    </section>
  );
}

function General(): JSX.Element {
  const ceil = pooling.value && settings.value.ceil;
  return (
    <math display="block">
      <Brackets ceil={ceil}>
        <mfrac>
          <mrow>
            <mi>n</mi>
            <mo>+</mo>
            {settings.value.padding === "same" ? (
              <>
                <msub>
                  <mi>p</mi>
                  <mn>0</mn>
                </msub>
                <mo>+</mo>
                <msub>
                  <mi>p</mi>
                  <mn>1</mn>
                </msub>
              </>
            ) : (
              <>
                <mn>2</mn>
                <mi>p</mi>
              </>
            )}
            <mo>−</mo>
            <mi>d</mi>
            <mtext>(</mtext>
            <mi>k</mi>
            <mo>−</mo>
            <mn>1</mn>
            <mtext>)</mtext>
            <mo>−</mo>
            <mn>1</mn>
          </mrow>
          <mi>s</mi>
        </mfrac>
      </Brackets>
      <mo>+</mo>
      <mn>1</mn>
    </math>
  );
}

function Numbers({ axis, name }: { readonly axis: Axis; readonly name: string }): JSX.Element {
  const { extent, before, after, dilation, kernel, stride, count } = axis;
  const ceil = pooling.value && settings.value.ceil;
  const steps = stepsOf(axis);
  const all = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  const dropped = count > 0 && count < all;
  return (
    <math display="block" aria-label={`${name}: ${count}`}>
      <Brackets ceil={ceil}>
        <mfrac>
          <mrow>
            <mn>{extent}</mn>
            <mo>+</mo>
            {settings.value.padding === "same" ? (
              <>
                <mn>{before}</mn>
                <mo>+</mo>
                <mn>{after}</mn>
              </>
            ) : (
              <>
                <mn>2</mn>
                <mo>·</mo>
                <mn>{before}</mn>
              </>
            )}
            <mo>−</mo>
            <mn>{dilation}</mn>
            <mo>·</mo>
            <mtext>(</mtext>
            <mn>{kernel}</mn>
            <mo>−</mo>
            <mn>1</mn>
            <mtext>)</mtext>
            <mo>−</mo>
            <mn>1</mn>
          </mrow>
          <mn>{stride}</mn>
        </mfrac>
      </Brackets>
      <mo>+</mo>
      <mn>1</mn>
      <mo>=</mo>
      {dropped && (
        <>
          <mn>{all}</mn>
          <mo>, less 1 =</mo>
        </>
      )}
      <mn class="result">{dropped ? count : exact(all)}</mn>
    </math>
  );
}

function Brackets({
  ceil,
  children,
}: {
  readonly ceil: boolean;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <mrow>
      <mtext class="bracket">{ceil ? "⌈" : "⌊"}</mtext>
      {children}
      <mtext class="bracket">{ceil ? "⌉" : "⌋"}</mtext>
    </mrow>
  );
}

function Letters(): JSX.Element {
  const padding =
    settings.value.padding === "same" ? "p₀ and p₁ the padding before and after" : "p the padding";
  return <>n is the extent, {padding}, k the kernel, d the dilation, s the stride. </>;
}

/** What rounding leaves out, or where rounding up reaches. */
function rest(rows: Axis, columns: Axis): string {
  if (rows.count === 0 || columns.count === 0) return "";
  if (
    [rows, columns].some(
      (axis) => pooling.value && settings.value.ceil && axis.count <= Math.ceil(stepsOf(axis)),
    )
  )
    return "A last window that would begin in the padding is dropped.";
  const left = Math.max(rows.rest, columns.rest);
  const over = Math.max(rows.beyond, columns.beyond);
  if (over > 0) return `The last windows reach ${over} beyond the padding, where nothing counts.`;
  if (left > 0)
    return `Rounding down leaves ${named(rows.rest, "row")} and ${named(columns.rest, "column")} at the end unread.`;
  return "";
}

function named(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

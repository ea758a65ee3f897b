import type { JSX } from "preact";
import { divisorAt, type Tap, tapsAt, winner } from "./compute.ts";
import { exact, factor } from "./numbers.ts";
import { NumberTable } from "./numberTable.tsx";
import { playing, told } from "./playback.ts";
import { columnOf, columns, count, operation, rowOf, rows, settings, x, y } from "./state.ts";

const channelNames = ["red", "green", "blue"];

/** How the number of one window comes about. */
export function Arithmetic(): JSX.Element {
  const index = Math.min(told.value, count.value - 1);
  const [row, column] = [rowOf(index), columnOf(index)];
  if (count.value === 0)
    return (
      <section class="card arithmetic">
        <h2>The arithmetic</h2>
        <p class="muted">There is no window: nothing fits.</p>
      </section>
    );
  const windows = Array.from({ length: x.value.channels }, (_, channel) =>
    tapsAt(x.value, channel, rows.value, columns.value, row, column),
  );
  const results = windows.map(
    (_, channel) => y.value.data[(channel * y.value.height + row) * y.value.width + column] ?? 0,
  );
  const said = `Row ${row}, column ${column}: ${results.slice(0, y.value.channels).map(exact).join(", ")}`;
  return (
    <section class="card arithmetic">
      <h2>
        The arithmetic at row {row}, column {column}
      </h2>
      {operation.value.kind === "convolution" ? (
        <Convolved windows={windows} result={results[0] ?? 0} />
      ) : (
        windows.map((taps, channel) => (
          <Pooled
            key={channelNames[channel]}
            name={windows.length === 3 ? channelNames[channel] : undefined}
            taps={taps}
            result={results[channel] ?? 0}
            place={[row, column]}
          />
        ))
      )}
      <p class="aside" aria-live="polite">
        {playing.value ? "" : said}
      </p>
    </section>
  );
}

function Convolved({
  windows,
  result,
}: {
  readonly windows: readonly (readonly Tap[])[];
  readonly result: number;
}): JSX.Element {
  if (operation.value.kind !== "convolution") return <p />;
  const { weight, bias, relu } = operation.value;
  const { size, white } = settings.value;
  const parts = windows.map((taps, channel) => {
    const weights = taps.map((_, tap) => weight[channel * size * size + tap] ?? 0);
    const products = taps.map(({ value }, tap) => value * (weights[tap] ?? 0));
    return { taps, weights, products, sum: products.reduce((a, b) => a + b, 0) };
  });
  const most = Math.max(...parts.flatMap(({ products }) => products.map(Math.abs)));
  const heaviest = Math.max(...weight.map(Math.abs));
  const sum = Math.fround(parts.reduce((total, part) => total + part.sum, Math.fround(bias)));
  return (
    <>
      {parts.map(({ taps, weights, products, sum }, channel) => (
        <div class="equation" key={channelNames[channel]}>
          {parts.length === 3 && (
            <h3>
              {channelNames[channel]} <span class="muted">sum</span> {exact(sum)}
            </h3>
          )}
          <NumberTable
            caption="window"
            size={size}
            values={taps.map(({ value }) => value)}
            kind="picture"
            most={white}
            taps={taps}
          />
          <div class="operand">
            <span class="sign">×</span>
            <NumberTable caption="kernel" size={size} values={weights} kind="signed" most={heaviest} />
          </div>
          <div class="operand">
            <span class="sign">=</span>
            <NumberTable caption="products" size={size} values={products} kind="signed" most={most} />
          </div>
        </div>
      ))}
      <p class="total">
        {parts.length === 3 ? (
          parts.map((part, channel) => (
            <span key={channelNames[channel]}>
              {channel > 0 && " + "}
              <Term
                name={channelNames[channel] ?? ""}
                value={channel > 0 ? factor(part.sum) : exact(part.sum)}
              />
            </span>
          ))
        ) : (
          <Term name="sum of products" value={exact(parts[0]?.sum ?? 0)} />
        )}
        {" + "}
        <Term name="bias" value={factor(bias)} />
        {" = "}
        {relu && (
          <>
            <Term name="before ReLU" value={exact(sum)} />
            {" → "}
          </>
        )}
        <Term name={relu ? "max(0, ·)" : "output"} value={exact(result)} strong />
      </p>
    </>
  );
}

function Pooled({
  name,
  taps,
  result,
  place: [row, column],
}: {
  readonly name: string | undefined;
  readonly taps: readonly Tap[];
  readonly result: number;
  readonly place: readonly [row: number, column: number];
}): JSX.Element {
  const { size, white } = settings.value;
  const best = operation.value.kind === "max" ? winner(taps) : -1;
  const sum = taps.reduce((total, { value }) => total + value, 0);
  return (
    <div class="equation">
      {name !== undefined && <h3>{name}</h3>}
      <NumberTable
        caption="window"
        size={size}
        values={taps.map(({ value }) => value)}
        kind="picture"
        most={white}
        taps={taps}
        chosen={best}
      />
      <span class="sign">→</span>
      <p class="total">
        {operation.value.kind === "average" ? (
          <>
            <Term name="sum" value={exact(sum)} />
            {" / "}
            <Term
              name="cells that count"
              value={`${divisorAt(rows.value, row, operation.value) * divisorAt(columns.value, column, operation.value)}`}
            />
            {" = "}
            <Term name="mean" value={exact(result)} strong />
          </>
        ) : (
          <Term
            name={`the largest is at row ${taps[best]?.row}, column ${taps[best]?.column}`}
            value={exact(result)}
            strong
          />
        )}
      </p>
    </div>
  );
}

function Term({
  name,
  value,
  strong,
}: {
  readonly name: string;
  readonly value: string;
  readonly strong?: boolean;
}): JSX.Element {
  return (
    <span class={strong ? "term strong" : "term"}>
      <span class="value">{value}</span>
      <span class="name">{name}</span>
    </span>
  );
}

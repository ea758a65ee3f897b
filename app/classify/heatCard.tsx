import { useSignal } from "@preact/signals";
import type { Image } from "convnets";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { asPixels } from "../pictures/asImage.ts";
import { opaque } from "./colours.ts";
import { drawPixels, saveFile, sheetOf } from "./paint.ts";
import { type Heat, methodOf, methods } from "./question.ts";
import type { Session } from "./session.ts";

/** The side of the overlay, in pixels of the canvas. */
const side = 448;

/** Which part of the picture the answer comes from. */
export function HeatCard({ session }: { readonly session: Session }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const opacity = useSignal(0.7);
  const answered = session.answered.value;
  const explanation = session.explained.value;
  const heat = explanation?.heat;
  const info = session.opened.value;
  const method = methods.find(({ name }) => name === session.method.value) ?? methods[0];
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) paint(context, answered?.image, heat, { opacity: opacity.value, smooth: method.ofLayer });
  }, [answered, heat, opacity.value]);
  const explained = answered && (info?.classes[answered.target] ?? "");
  const mapped = info?.layers.filter(({ hasMaps }) => hasMaps) ?? [];
  const save = (): void => {
    canvas.current?.toBlob((file) => {
      if (file) saveFile(file, `${method.name}-${explained ?? "picture"}.png`);
    });
  };
  return (
    <section class="card stack heat" aria-labelledby="heat-title" aria-busy={session.asking.value}>
      <div class="row head">
        <h2 id="heat-title">Why</h2>
        {session.asking.value && <span class="muted busy">Explaining …</span>}
      </div>
      <canvas
        ref={canvas}
        width={side}
        height={side}
        role="img"
        aria-label={
          answered ? `${method.title} for ${explained}, over what the network reads` : "No explanation yet"
        }
      />
      <Legend signed={heat?.signed ?? false} />
      {explanation?.reason !== undefined && (
        <p class="notice" role="alert">
          {explanation.reason}
        </p>
      )}
      <div class="controls">
        <label class="field">
          <span>Explained by</span>
          <select
            value={method.name}
            onChange={({ currentTarget }) => {
              session.method.value = methodOf(currentTarget.value);
              session.ask();
            }}
          >
            {methods.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Maps of layer</span>
          <select
            value={session.layer.value ?? info?.lastMaps ?? ""}
            disabled={!method.ofLayer || mapped.length === 0}
            onChange={({ currentTarget }) => {
              session.layer.value = currentTarget.value === info?.lastMaps ? undefined : currentTarget.value;
              session.ask();
            }}
          >
            {mapped.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>For the class</span>
          <select
            value={session.target.value ?? ""}
            disabled={!info}
            onChange={({ currentTarget: { value } }) => {
              session.target.value = value === "" ? undefined : Number(value);
              session.ask();
            }}
          >
            <option value="">
              The answer{explained && session.target.value === undefined ? `: ${explained}` : ""}
            </option>
            {info?.classes.map((name, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Opacity: {Math.round(100 * opacity.value)} %</span>
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={opacity.value}
            onInput={({ currentTarget }) => {
              opacity.value = Number(currentTarget.value);
            }}
          />
        </label>
      </div>
      <div>
        <button type="button" disabled={!answered} onClick={save}>
          Save PNG
        </button>
      </div>
    </section>
  );
}

/** The colours' meaning, from the same function that colours the map. */
function Legend({ signed }: { readonly signed: boolean }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const data = Float32Array.from({ length: 64 }, (_, at) => (signed ? at / 31.5 - 1 : at / 63));
    if (canvas.current)
      drawPixels(canvas.current, { data: opaque({ shape: [1, 64], data }), height: 1, width: 64 });
  }, [signed]);
  return (
    <div class="legend">
      <span>{signed ? "speaks against it" : "counts little"}</span>
      <canvas ref={canvas} width="64" height="1" role="img" aria-label="from one to the other" />
      <span>{signed ? "speaks for it" : "counts much"}</span>
    </div>
  );
}

function paint(
  context: CanvasRenderingContext2D,
  image: Image | undefined,
  heat: Heat | undefined,
  { opacity, smooth }: { readonly opacity: number; readonly smooth: boolean },
): void {
  context.clearRect(0, 0, side, side);
  if (!image) return;
  // Forms that are no squares keep their proportions.
  const scale = side / Math.max(image.height, image.width);
  const [width, height] = [image.width * scale, image.height * scale];
  const [left, top] = [(side - width) / 2, (side - height) / 2];
  context.imageSmoothingEnabled = Math.max(image.height, image.width) > 64;
  context.drawImage(sheetOf(asPixels(image)), left, top, width, height);
  if (!heat) return;
  // A white stroke would outshine the map.
  context.fillStyle = `rgb(0 0 0 / ${0.45 * opacity})`;
  context.fillRect(left, top, width, height);
  context.globalAlpha = opacity;
  // Maps of a layer are coarse: what lies between their places is as good as between.
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  const sheet = sheetOf({ data: heat.rgba, height: heat.height, width: heat.width });
  context.drawImage(sheet, left, top, width, height);
  context.globalAlpha = 1;
}

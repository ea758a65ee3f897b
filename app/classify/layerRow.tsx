import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dark } from "../shell/theme.ts";
import { drawPixels } from "./paint.ts";
import type { Bars, LayerInfo, Tiles } from "./question.ts";
import { fewMaps } from "./session.ts";
import { shapeText, short } from "./text.ts";

/** So many maps of a layer can be shown: more are no help. */
const mostMaps = 64;

interface LayerRowProps {
  readonly layer: LayerInfo;
  /** How many of its maps are shown; undefined where it is closed. */
  readonly shown: number | undefined;
  readonly drawn: Tiles | Bars | undefined;
  /** Whether a picture was answered for: before, there are no maps. */
  readonly filled: boolean;
  /** The map that is enlarged. */
  readonly focus: number | undefined;
  /** Shows so many maps; 0 closes the layer. */
  onShow(most: number): void;
  onFocus(index: number): void;
  /** Tells whether it is on the screen. */
  onSeen(visible: boolean): void;
  /** What shows below its maps. */
  readonly children: ComponentChildren;
}

/** One layer: its name and shape, and its maps or units while it is open and on the screen. */
export function LayerRow({
  layer,
  shown,
  drawn,
  focus,
  onShow,
  onFocus,
  onSeen,
  filled,
  children,
}: LayerRowProps): JSX.Element {
  const row = useRef<HTMLLIElement>(null);
  const visible = useSignal(false);
  const look = useRef(onSeen);
  look.current = onSeen;
  useEffect(() => {
    const element = row.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        const now = entry?.isIntersecting ?? false;
        if (now === visible.value) return;
        visible.value = now;
        look.current(now);
      },
      { rootMargin: "100px" },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      if (visible.value) look.current(false);
    };
  }, []);
  const { name, shape, hasMaps } = layer;
  const [count = 1] = shape;
  const open = shown !== undefined;
  const more = Math.min(count, mostMaps);
  return (
    <li ref={row}>
      <h3>
        <button type="button" aria-expanded={open} onClick={() => onShow(open ? 0 : fewMaps)}>
          <span class="name">{name}</span>
          <span class="muted">{shapeText(shape)}</span>
        </button>
      </h3>
      {open && filled && (
        <div class="body">
          {hasMaps ? (
            <div class="maps">
              {/* Hundreds of buttons that nobody sees would hold the page up. */}
              {visible.value &&
                Array.from({ length: Math.min(count, shown) }, (_, index) => (
                  <MapTile
                    key={index}
                    layer={name}
                    index={index}
                    pressed={focus === index}
                    tiles={drawn?.kind === "maps" ? drawn : undefined}
                    onFocus={onFocus}
                  />
                ))}
            </div>
          ) : (
            <Units name={name} bars={drawn?.kind === "vector" ? drawn : undefined} />
          )}
          {hasMaps && shown < more && (
            <button type="button" class="more" onClick={() => onShow(mostMaps)}>
              {more === count ? `All ${count}` : `${more} of ${count}`}
            </button>
          )}
          {children}
        </div>
      )}
    </li>
  );
}

interface MapTileProps {
  readonly layer: string;
  readonly index: number;
  readonly pressed: boolean;
  readonly tiles: Tiles | undefined;
  onFocus(index: number): void;
}

function MapTile({ layer, index, pressed, tiles, onFocus }: MapTileProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!canvas.current || !tiles || index >= tiles.count) return;
    const { height, width, rgba } = tiles;
    const size = 4 * height * width;
    drawPixels(canvas.current, { data: rgba.subarray(index * size, (index + 1) * size), height, width });
  }, [tiles, index]);
  return (
    <button
      type="button"
      aria-label={`Enlarge map ${index + 1} of ${layer}`}
      aria-pressed={pressed}
      onClick={() => onFocus(index)}
    >
      <canvas ref={canvas} class="pixels" width="1" height="1" />
    </button>
  );
}

/** The most units that are drawn, a bar each. */
const mostUnits = 512;
const barsHeight = 72;

/** A layer without maps: a bar a unit, upwards from zero or downwards. */
function Units({ name, bars }: { readonly name: string; readonly bars: Bars | undefined }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const data = bars?.data.subarray(0, mostUnits);
  const isDark = dark.value;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current) return;
    const { width } = canvas.current;
    context.clearRect(0, 0, width, barsHeight);
    if (!data) return;
    const style = getComputedStyle(canvas.current);
    const high = Math.max(0, ...data);
    const low = Math.min(0, ...data);
    const scale = (barsHeight - 2) / Math.max(1e-9, high - low);
    const zero = 1 + high * scale;
    const step = width / data.length;
    context.fillStyle = style.getPropertyValue("--series-0");
    data.forEach((value, index) => {
      context.fillRect(index * step, zero, Math.max(1, step - (step > 3 ? 1 : 0)), -value * scale);
    });
    context.fillStyle = style.getPropertyValue("--muted");
    context.fillRect(0, zero, width, 1);
  }, [bars, isDark]);
  const range = data && data.length > 0 ? `${short(Math.min(...data))} to ${short(Math.max(...data))}` : "";
  return (
    <div class="units">
      <canvas
        ref={canvas}
        width="1024"
        height={barsHeight}
        role="img"
        aria-label={`The units of ${name}${range && `, from ${range}`}`}
      />
      <span class="muted">
        {range}
        {bars && bars.data.length > mostUnits && `; the first ${mostUnits} of ${bars.data.length}`}
      </span>
    </div>
  );
}

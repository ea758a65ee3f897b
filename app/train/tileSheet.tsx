import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Tiles } from "./tiles.ts";

/** Pixels between tiles. */
const gap = 5;

/** Maps side by side on one canvas. */
export function TileSheet({
  tiles,
  label,
  side = 56,
  columns = 8,
}: {
  readonly tiles: Tiles;
  readonly label: string;
  /** Of a tile, about so many pixels. */
  readonly side?: number;
  readonly columns?: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { count, width, height } = tiles;
  const scale = Math.max(1, Math.round(side / Math.max(width, height)));
  const across = Math.min(columns, count);
  const down = Math.ceil(count / across);
  const [w, h] = [across * (width * scale + gap) - gap, down * (height * scale + gap) - gap];
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) draw(canvas.current, tiles, { across, scale });
    });
    return () => cancelAnimationFrame(frame);
  }, [tiles, across, scale]);
  return <canvas ref={canvas} class="pixels tiles" role="img" aria-label={label} width={w} height={h} />;
}

function draw(
  canvas: HTMLCanvasElement,
  { count, width, height, pixels }: Tiles,
  { across, scale }: { across: number; scale: number },
): void {
  const context = canvas.getContext("2d");
  const sheet = new OffscreenCanvas(width, count * height);
  const own = sheet.getContext("2d");
  if (context === null || own === null || count === 0) return;
  own.putImageData(new ImageData(pixels, width, count * height), 0, 0);
  context.imageSmoothingEnabled = false;
  for (let tile = 0; tile < count; tile++) {
    const x = (tile % across) * (width * scale + gap);
    const y = Math.floor(tile / across) * (height * scale + gap);
    context.drawImage(sheet, 0, tile * height, width, height, x, y, width * scale, height * scale);
  }
}

import type { Rectangle } from "convnets/diagram";
import { pointer, select } from "d3-selection";
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import { between, fit, type Place, type Transform, visible } from "./view.ts";

/** How long a move takes, in milliseconds. */
const glide = 350;

/** What a reader sees and does. */
interface Listeners {
  /** Which part of the drawing is seen, in its own pixels. */
  onMove(seen: Rectangle): void;
  /** The reader has zoomed in, by wheel or by fingers, about a point of the drawing. */
  onZoomIn(x: number, y: number, k: number): void;
}

/** What moves a drawing: wheel, drag, pinch, and calls. */
export class Pan {
  readonly #svg: SVGSVGElement;
  readonly #content: SVGGElement;
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;
  #frame = 0;
  #size: { readonly width: number; readonly height: number };

  constructor(svg: SVGSVGElement, content: SVGGElement, { onMove, onZoomIn }: Listeners) {
    this.#svg = svg;
    this.#content = content;
    this.#size = { width: svg.clientWidth, height: svg.clientHeight };
    let before = 1;
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.08, 3])
      // The page scrolls on over a diagram that nobody has turned to.
      .filter((event: Event) => {
        if (!(event instanceof WheelEvent)) return !(event instanceof MouseEvent) || event.button === 0;
        return event.ctrlKey || svg.contains(document.activeElement);
      })
      // A press that moves less is a click.
      .clickDistance(5)
      .on("start", ({ sourceEvent }: { readonly sourceEvent: unknown }) => {
        // Whoever takes hold of the drawing stops its move.
        if (sourceEvent instanceof Event) this.#halt();
        before = zoomTransform(svg).k;
      })
      .on("zoom", ({ transform }: { readonly transform: ZoomTransform }) => {
        this.#content.setAttribute("transform", transform.toString());
        onMove(visible(transform, this.#size));
      })
      .on(
        "end",
        ({
          sourceEvent,
          transform,
        }: {
          readonly sourceEvent: unknown;
          readonly transform: ZoomTransform;
        }) => {
          if (!(sourceEvent instanceof Event) || transform.k <= before) return;
          const [x, y] = transform.invert(pointer(sourceEvent, svg));
          onZoomIn(x, y, transform.k);
        },
      );
    select(svg).call(this.#zoom).on("dblclick.zoom", null);
  }

  resize(drawing: { readonly width: number; readonly height: number }): void {
    this.#size = { width: this.#svg.clientWidth, height: this.#svg.clientHeight };
    const margin = 400;
    this.#zoom.translateExtent([
      [-margin, -margin],
      [drawing.width + margin, drawing.height + margin],
    ]);
  }

  by(x: number, y: number): void {
    select(this.#svg).call(this.#zoom.translateBy, x, y);
  }

  /** Grows what is seen, about its middle. */
  zoomBy(factor: number): void {
    this.#halt();
    select(this.#svg).call(this.#zoom.scaleBy, factor);
  }

  /** Moves so that the middle of the upper edge of `to` is where that of `from` was. */
  hold(from: Rectangle, to: Rectangle): void {
    this.#halt();
    const { x, y, k } = zoomTransform(this.#svg);
    const across = from.x + from.width / 2 - to.x - to.width / 2;
    this.#set({ x: x + k * across, y: y + k * (from.y - to.y), k });
  }

  /** Moves to where a rectangle fills the view. */
  to(target: Rectangle, limits: Place, smoothly = true): void {
    this.#halt();
    const goal = fit(target, this.#size, limits);
    const still = !smoothly || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) this.#set(goal);
    else this.#glide(zoomTransform(this.#svg), goal);
  }

  stop(): void {
    this.#halt();
    select(this.#svg).on(".zoom", null);
  }

  #glide(from: Transform, goal: Transform): void {
    const start = performance.now();
    const move = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - start) / glide));
      this.#set(between(from, goal, part, this.#size));
      if (part < 1) this.#frame = requestAnimationFrame(move);
    };
    this.#frame = requestAnimationFrame(move);
  }

  #halt(): void {
    cancelAnimationFrame(this.#frame);
  }

  #set({ x, y, k }: Transform): void {
    select(this.#svg).call(this.#zoom.transform, zoomIdentity.translate(x, y).scale(k));
  }
}

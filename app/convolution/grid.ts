import { isLight, paint, type Scale } from "./colours.ts";
import type { Planes } from "./compute.ts";
import { short } from "./numbers.ts";
import type { Palette } from "./palette.ts";

/** Planes as a grid of cells, with empty cells around. */
export interface Sheet {
  readonly planes: Planes;
  readonly scale: Scale;
  /** Cells of padding. */
  readonly before: readonly [top: number, left: number];
  readonly after: readonly [bottom: number, right: number];
  /** Cells after the padding, which are no part of it. */
  readonly beyond: readonly [bottom: number, right: number];
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Cells that are wide enough, in CSS pixels, for lines between them, a number, three, and a number with a factor. */
const legible = { lines: 7, number: 26, numbers: 40, factor: 46 };

/** A sheet on a canvas. Draws without making objects: the same at 60 frames a second. */
export class Grid {
  readonly #context: CanvasRenderingContext2D;
  readonly #image = document.createElement("canvas");
  #sheet: Sheet | undefined;
  #pixels: Uint8ClampedArray = new Uint8ClampedArray();
  #labels: string[] = [];
  #palette: Palette | undefined;
  #size = 0;
  /** A cell's side before it is enlarged, in CSS pixels, and where the grid begins. */
  #base = 1;
  #left = 0;
  #top = 0;
  /** The enlargement: place = shift + scale * place before. */
  scale = 1;
  shiftX = 0;
  shiftY = 0;

  readonly canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("This browser gives the page no canvas to draw on.");
    this.#context = context;
  }

  /** Takes a sheet, for a canvas that is `size` CSS pixels wide and high. False if all of that is as it was. */
  show(sheet: Sheet, palette: Palette, size: number): boolean {
    if (sheet === this.#sheet && palette === this.#palette && size === this.#size) return false;
    this.canvas.width = Math.round(size * devicePixelRatio);
    this.canvas.height = this.canvas.width;
    const { width, height } = sheet.planes;
    this.#image.width = Math.max(1, width);
    this.#image.height = Math.max(1, height);
    const pixels = new ImageData(this.#image.width, this.#image.height);
    paint(sheet.planes, sheet.scale, palette.signed, pixels.data);
    this.#image.getContext("2d")?.putImageData(pixels, 0, 0);
    this.#pixels = pixels.data;
    this.#labels = [];
    this.#sheet = sheet;
    this.#palette = palette;
    this.#size = size;
    this.#fit(sheet);
    return true;
  }

  /** A cell's side in CSS pixels. */
  get cell(): number {
    return this.#base * this.scale;
  }

  /** How far it makes sense to enlarge. */
  get mostScale(): number {
    return Math.max(1, 72 / this.#base);
  }

  /** The x of a column's left edge. */
  x(column: number): number {
    return this.shiftX + this.scale * (this.#left + (column + (this.#sheet?.before[1] ?? 0)) * this.#base);
  }

  /** The y of a row's upper edge. */
  y(row: number): number {
    return this.shiftY + this.scale * (this.#top + (row + (this.#sheet?.before[0] ?? 0)) * this.#base);
  }

  /** Where a place of the grid is when it is not enlarged. */
  restingPlace(column: number, row: number): [x: number, y: number] {
    return [(this.x(column) - this.shiftX) / this.scale, (this.y(row) - this.shiftY) / this.scale];
  }

  /** The cell at a place of the canvas, padding included. */
  at(x: number, y: number): Cell | undefined {
    if (this.#sheet === undefined) return undefined;
    const { planes, before, after, beyond } = this.#sheet;
    const column = Math.floor((x - this.x(0)) / this.cell);
    const row = Math.floor((y - this.y(0)) / this.cell);
    const inside =
      row >= -before[0] &&
      column >= -before[1] &&
      row < planes.height + after[0] + beyond[0] &&
      column < planes.width + after[1] + beyond[1];
    return inside ? { row, column } : undefined;
  }

  /** Cells, padding, lines and numbers; the marks come on top. */
  draw(): void {
    const sheet = this.#sheet;
    const palette = this.#palette;
    const context = this.#context;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.#size, this.#size);
    if (sheet === undefined || palette === undefined || sheet.planes.width === 0) return;
    const { planes, before, after, beyond } = sheet;
    const { cell } = this;
    const [right, bottom] = [planes.width + after[1], planes.height + after[0]];
    context.imageSmoothingEnabled = false;
    // Padding is a paler paper with a dashed edge: zeros that are not in the picture.
    context.fillStyle = palette.grid;
    context.globalAlpha = 0.55;
    context.fillRect(
      this.x(-before[1]),
      this.y(-before[0]),
      (right + before[1]) * cell,
      (bottom + before[0]) * cell,
    );
    context.globalAlpha = 1;
    context.drawImage(this.#image, this.x(0), this.y(0), planes.width * cell, planes.height * cell);
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    context.setLineDash(dashes);
    context.strokeRect(
      this.x(-before[1]) + 0.5,
      this.y(-before[0]) + 0.5,
      (right + before[1] + beyond[1]) * cell - 1,
      (bottom + before[0] + beyond[0]) * cell - 1,
    );
    context.setLineDash(solid);
    if (cell >= legible.lines) this.#lines(sheet, palette);
    if (cell >= (planes.channels === 3 ? legible.numbers : legible.number)) this.#numbers(sheet, palette);
  }

  /** A frame around cells, with one of paper around it, seen on every picture. */
  frame(row: number, column: number, height: number, width: number, colour: string, thickness: number): void {
    const context = this.#context;
    const { cell } = this;
    const [x, y] = [this.x(column), this.y(row)];
    context.strokeStyle = this.#palette?.paper ?? "";
    context.lineWidth = thickness + 2;
    context.strokeRect(x, y, width * cell, height * cell);
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(x, y, width * cell, height * cell);
  }

  /** A dot in the middle of a cell, with a ring of paper. */
  dot(row: number, column: number, colour: string): void {
    const context = this.#context;
    const radius = Math.min(7, Math.max(2, this.cell / 5));
    context.beginPath();
    context.arc(
      this.x(column + 0.5),
      this.y(row + (this.cell >= legible.number ? 0.18 : 0.5)),
      radius,
      0,
      2 * Math.PI,
    );
    context.fillStyle = colour;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = this.#palette?.paper ?? "";
    context.stroke();
  }

  /** A cell as if it were not there yet. */
  veil(row: number, column: number, width: number): void {
    this.#context.fillStyle = this.#palette?.paper ?? "";
    this.#context.fillRect(this.x(column), this.y(row), width * this.cell, this.cell);
  }

  /** What a cell's number is multiplied by, in its lower half. */
  note(row: number, column: number, text: string): void {
    if (this.cell < legible.factor) return;
    const context = this.#context;
    context.font = `600 ${Math.min(15, this.cell / 4.6)}px ${family}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = this.#text(row, column, this.#palette?.ink ?? "");
    context.fillText(text, this.x(column + 0.5), this.y(row + 0.81));
  }

  #fit({ planes, before, after, beyond }: Sheet): void {
    const columns = before[1] + planes.width + after[1] + beyond[1];
    const rows = before[0] + planes.height + after[0] + beyond[0];
    // A pixel is left for the frames at the edge.
    const room = Math.min((this.#size - 4) / Math.max(1, columns, rows), 72);
    // Whole pixels of the screen, so that all cells are equal.
    this.#base = Math.max(1, Math.floor(room * devicePixelRatio)) / devicePixelRatio;
    this.#left = Math.round((this.#size - columns * this.#base) / 2);
    this.#top = 2;
  }

  #lines({ planes, before, after, beyond }: Sheet, { grid, muted }: Palette): void {
    const context = this.#context;
    const [top, left] = [-before[0], -before[1]];
    const [bottom, right] = [planes.height + after[0] + beyond[0], planes.width + after[1] + beyond[1]];
    context.strokeStyle = this.cell >= legible.number ? muted : grid;
    context.globalAlpha = 0.35;
    context.beginPath();
    for (let column = Math.max(left, this.#firstColumn); column <= right; column++) {
      context.moveTo(this.x(column), this.y(top));
      context.lineTo(this.x(column), this.y(bottom));
      if (this.x(column) > this.#size) break;
    }
    for (let row = Math.max(top, this.#firstRow); row <= bottom; row++) {
      context.moveTo(this.x(left), this.y(row));
      context.lineTo(this.x(right), this.y(row));
      if (this.y(row) > this.#size) break;
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  #numbers({ planes, before, after }: Sheet, { muted }: Palette): void {
    const context = this.#context;
    const lines = planes.channels;
    const size = Math.min(15, this.cell / (lines === 3 ? 4.2 : 2.9));
    context.font = `${size}px ${family}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const bottom = Math.min(planes.height + after[0], Math.ceil(this.#firstRow + this.#size / this.cell) + 1);
    const right = Math.min(
      planes.width + after[1],
      Math.ceil(this.#firstColumn + this.#size / this.cell) + 1,
    );
    for (let row = Math.max(-before[0], this.#firstRow); row < bottom; row++)
      for (let column = Math.max(-before[1], this.#firstColumn); column < right; column++) {
        const inside = row >= 0 && column >= 0 && row < planes.height && column < planes.width;
        context.fillStyle = this.#text(row, column, muted);
        for (let line = 0; line < (inside ? lines : 1); line++) {
          const middle = 0.5 + (inside ? (line - (lines - 1) / 2) * 0.28 : 0);
          const text = inside ? this.#label((line * planes.height + row) * planes.width + column) : "0";
          context.fillText(text, this.x(column + 0.5), this.y(row + middle));
        }
      }
  }

  get #firstColumn(): number {
    return Math.floor(-this.x(0) / this.cell);
  }

  get #firstRow(): number {
    return Math.floor(-this.y(0) / this.cell);
  }

  #label(index: number): string {
    let label = this.#labels[index];
    if (label === undefined) {
      label = short(this.#sheet?.planes.data[index] ?? 0);
      this.#labels[index] = label;
    }
    return label;
  }

  /** The colour of a number in a cell. */
  #text(row: number, column: number, outside: string): string {
    const { width = 0, height = 0 } = this.#sheet?.planes ?? {};
    if (row < 0 || column < 0 || row >= height || column >= width) return outside;
    const at = 4 * (row * width + column);
    const light = isLight(this.#pixels[at] ?? 0, this.#pixels[at + 1] ?? 0, this.#pixels[at + 2] ?? 0);
    return light ? "#000" : "#fff";
  }
}

const dashes = [3, 3];
const solid: number[] = [];
const family = "system-ui, sans-serif";

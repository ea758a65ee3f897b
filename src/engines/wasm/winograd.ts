import { piecesFor, type Sums, table } from "./convWindows.ts";
import { blocksOf } from "./draft.ts";
import type { Context } from "./lowering.ts";

const points = 36;
/** Bytes between planes. */
const apart = 64;
/** Of a patch of 6x6 pixels, in bytes. */
const patchBytes = 36 * 32;
/** What the second cache keeps of a thread's chunk, in bytes, and what a chunk may take at most. */
const near = 640 * 1024;
const most = 8 * 2 ** 20;

/** Whether F(4x4, 3x3) computes these sums, and sooner than direct sums do. */
export function suitsWinograd(sums: Sums, { exact }: Context): boolean {
  const { taps, stride, groups, x, y } = sums;
  if (exact || groups > 1 || x.layout !== "blocked") return false;
  const dense = [...stride, ...y.step].every((step) => step === 1);
  if (!dense || taps.length !== 9 || !taps.every(({ row, column }, i) => row * 3 + column === i))
    return false;
  return winogradTime(sums) < directTime(sums);
}

// Times are in multiply-adds of eight numbers by one thread, so that the choice, and with it every bit, is the same for
// any number of them. In the time of one, so many bytes of weights arrive from memory.
const arriving = 6;

function directTime({ images, inputs, outputs, rows, columns }: Sums): number {
  const filters = inputs * blocksOf(outputs) * 9;
  return images * rows * columns * filters + (filters * 32) / arriving;
}

function winogradTime(sums: Sums): number {
  const tiles = tilesOf(sums);
  const filters = sums.inputs * blocksOf(sums.outputs) * points;
  const transforms = 200 * (blocksOf(sums.inputs) + blocksOf(sums.outputs));
  const chunks = Math.ceil(tiles / tilesOfChunk(sums, 1));
  return tiles * (filters + transforms) + (chunks * filters * 32) / arriving;
}

function tilesOf({ images, rows, columns }: Sums): number {
  return images * Math.ceil(rows / 4) * Math.ceil(columns / 4);
}

/** So many that a chunk stays near, or that reading the weights again for each takes little. */
function tilesOfChunk(sums: Sums, threads: number): number {
  const [inputs, outputs] = [blocksOf(sums.inputs), blocksOf(sums.outputs)];
  const tileBytes = points * (inputs + outputs) * 32;
  const few = (4 * inputs * outputs) / (inputs + outputs);
  const wanted = Math.max(4, Math.min(Math.max(near / tileBytes, few), most / tileBytes));
  const tiles = tilesOf(sums);
  const chunks = Math.ceil(tiles / wanted);
  // Even shares, unless chunks become so small that threads had better share the outputs.
  const even = chunks * piecesFor(chunks, threads);
  return 4 * Math.ceil(tiles / (tiles >= 16 * even ? even : chunks) / 4);
}

/** Adds the steps that transform the weights, unless they are constant, and that do the rest. */
export function addWinograd(sums: Sums, context: Context): void {
  const { images, inputs, outputs, x, y, origin, rows, columns, filters, taps, bias, residual, relu } = sums;
  const { threads } = context;
  const from = blocksOf(inputs);
  const to = blocksOf(outputs);
  const perChunk = tilesOfChunk(sums, threads);
  const chunks = Math.ceil(tilesOf(sums) / perChunk);
  const weights = context.derived(points * (to * inputs * 32 + apart), filters.place);
  const turned = taps[0]?.weight === 8;
  context.step("winogradWeights", [
    filters.place,
    weights,
    outputs,
    inputs,
    filters.perOutput,
    filters.perInput,
    turned ? 1 : 0,
    context.derived(2 * patchBytes * threads, filters.place),
  ]);
  const bytes = 2 * patchBytes + points * ((from + to) * perChunk * 32 + 2 * apart);
  const planes = Array.from({ length: from }, (_, plane) => plane);
  context.step(
    "winograd",
    [
      y.place,
      residual ?? 0,
      table(planes, (plane) => [plane * perChunk * 32, Math.min(8, inputs - plane * 8) * 32], context),
      table(
        Array.from({ length: perChunk }, (_, tile) => tile * 32),
        (offset) => [offset, offset],
        context,
      ),
      4,
      x.place,
      weights,
      bias ?? 0,
      (bias ? 1 : 0) | (residual ? 2 : 0) | (relu ? 4 : 0),
      from,
      inputs,
      images,
      perChunk,
      x.height,
      x.width,
      from,
      rows,
      columns,
      to,
      -origin[0],
      -origin[1],
      Math.min(to, piecesFor(chunks, threads)),
      context.scratch(bytes * threads),
      bytes,
    ],
    { main: true },
  );
}

import os from "node:os";

const COMPARED_STEPS = 3;
const TOLERANCE = 1e-3;

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} version
 * @property {number} threads
 * @property {number} [seconds] the median step; none if it failed
 * @property {number} spread between the quartiles, as a share of the median
 * @property {number} steps behind the median; 0 if there was time for the first, cold one only
 * @property {number[]} losses of the first steps
 * @property {string} failure
 */

/**
 * @param {import("./contestant.js").Contestant} contestant
 * @returns {Result}
 */
export function result({ name, version, threads, cold, seconds, losses, failure }) {
  const steps = seconds.length;
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => quantile(steps ? seconds : [cold], q));
  losses = losses.slice(0, COMPARED_STEPS);
  return { name, version, threads, seconds: median, spread: (high - low) / median, steps, losses, failure };
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))];
}

const HEADER = ["", "threads", "ms/step", "spread", "steps", "images/s", "vs convnets", "GFLOP/s", "of peak"];

/**
 * @param {Result[]} results
 * @param {{ images: number, flops: number, peakGflops?: number }} job
 */
export function table(results, { images, flops, peakGflops }) {
  const ours = results.find(({ name }) => name === "convnets")?.seconds;
  const rows = results.map(({ name, version, threads, seconds, spread, steps, failure }) => {
    if (seconds === undefined) return [name, failure];
    const gflops = flops / seconds / 1e9;
    return [
      `${name} ${version}`,
      `${threads}`,
      (1000 * seconds).toFixed(2),
      steps ? `${Math.round(100 * spread)} %` : "cold",
      `${steps || 1}`,
      (images / seconds).toFixed(1),
      ours ? `${(seconds / ours).toFixed(2)} x` : "-",
      gflops.toFixed(1),
      peakGflops ? `${Math.round((100 * gflops) / peakGflops)} %` : "-",
      failure,
    ];
  });
  return align([HEADER, ...rows]);
}

/** Columns of numbers go right; a reason at the end of a row may be as long as it likes. */
function align(rows) {
  const measured = rows.filter((row) => row.length >= HEADER.length);
  const widths = HEADER.map((_, i) => Math.max(...measured.map((row) => row[i].length)));
  widths[0] = Math.max(...rows.map(([name]) => name.length));
  const line = ([name, ...cells]) => [
    name.padEnd(widths[0]),
    ...cells.map((cell, i) => (cells.length > 1 ? cell.padStart(widths[i + 1] ?? 0) : cell)),
  ];
  return rows.map((row) => line(row).join("  ").trimEnd()).join("\n");
}

/**
 * PyTorch's forms are contestants of their own, of which the fastest counts.
 * @param {Result[]} results
 */
export function verdict(results) {
  const ours = results.find(({ name, seconds }) => name === "convnets" && seconds);
  const [theirs] = results
    .filter(({ name, seconds }) => name.startsWith("pytorch") && seconds)
    .sort((a, b) => a.seconds - b.seconds);
  if (!ours || !theirs) return "";
  return `convnets is ${(theirs.seconds / ours.seconds).toFixed(2)} times as fast as ${theirs.name}\n`;
}

/**
 * From equal weights and images come equal losses: later ones also compare gradients and updates.
 * @param {Result[]} results
 */
export function lossWarnings(results) {
  return Array.from({ length: COMPARED_STEPS }, (_, step) => {
    const known = results.filter(({ losses }) => step < losses.length);
    const losses = known.map(({ losses }) => losses[step]);
    const agree = losses.every((loss) => Math.abs(loss - losses[0]) <= TOLERANCE * Math.abs(losses[0]));
    const list = known.map(({ name }, i) => `${name} ${losses[i].toPrecision(6)}`).join(", ");
    return agree ? "" : `WARNING: the losses of step ${step + 1} differ: ${list}\n`;
  }).join("");
}

/** @param {number} threads */
export function machine(threads) {
  const [cpu] = os.cpus();
  return {
    cpu: cpu.model.trim(),
    cores: os.availableParallelism(),
    threads,
    load: os.loadavg()[0],
    node: process.version,
  };
}

/** @param {ReturnType<typeof machine>} facts */
export function machineText({ cpu, cores, threads, load, node }) {
  const facts = `${cpu}, ${cores} cores, ${threads} threads, Node ${node}, load average ${load.toFixed(2)}\n`;
  return load > 0.15 * cores ? `${facts}WARNING: the machine is not idle\n` : facts;
}

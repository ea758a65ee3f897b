import os from "node:os";

const COMPARED_STEPS = 3;
const TOLERANCE = 1e-3;

/** Whom a job is about, and those whose fastest form counts; `beside` are not peers but another engine of ours. */
const NATIVE = { ours: "convnets", peers: ["onnxruntime-node", "pytorch"], beside: [] };
const WEB = {
  ours: "convnets-wasm",
  peers: ["onnxruntime-web", "tfjs-wasm", "jax-js"],
  beside: ["convnets-onednn"],
};

/** @param {{ web: boolean }} comparison */
function rivals({ web }) {
  return web ? WEB : NATIVE;
}

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {string} version
 * @property {number} threads
 * @property {number} [seconds] the median step; none if it failed
 * @property {number} fastest of all steps, for a machine that is not idle
 * @property {number} spread between the quartiles, as a share of the median
 * @property {number} steps behind the median; 0 if there was time for the first, cold one only
 * @property {number[]} losses of the first steps
 * @property {number} [before] bytes of memory in use before the network was made
 * @property {number} [peak] the most there ever were
 * @property {string} failure
 */

/**
 * One job, done by all.
 * @typedef {object} Comparison
 * @property {string} job
 * @property {number} images of a step
 * @property {boolean} training
 * @property {boolean} web
 * @property {number} [flops]
 * @property {number} [peakGflops]
 * @property {Result[]} results
 */

/**
 * @param {import("./contestant.js").Contestant} contestant
 * @returns {Result}
 */
export function result({ name, facts, cold, seconds, losses, peak, failure }) {
  const { version, threads, before } = facts;
  const steps = seconds.length;
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => quantile(steps ? seconds : [cold], q));
  const spread = (high - low) / median;
  losses = losses.slice(0, COMPARED_STEPS);
  return {
    name,
    version,
    threads,
    seconds: median,
    fastest: Math.min(...(steps ? seconds : [cold])),
    spread,
    steps,
    losses,
    before,
    peak,
    failure,
  };
}

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))];
}

const HEADER = [
  "",
  "threads",
  "ms/step",
  "spread",
  "steps",
  "images/s",
  "vs ours",
  "GFLOP/s",
  "of peak",
  "MiB before",
  "at most",
];

/** @param {Comparison} comparison */
export function table({ results, images, web, flops, peakGflops }) {
  const ours = results.find(({ name }) => name === rivals({ web }).ours)?.seconds;
  const mebibytes = (bytes) => (bytes ? `${Math.round(bytes / 2 ** 20)}` : "-");
  const rows = results.map(({ name, version, threads, seconds, spread, steps, before, peak, failure }) => {
    if (seconds === undefined) return [name, failure];
    const gflops = flops && flops / seconds / 1e9;
    return [
      `${name} ${version}`,
      `${threads}`,
      (1000 * seconds).toFixed(2),
      steps ? `${Math.round(100 * spread)} %` : "cold",
      `${steps || 1}`,
      (images / seconds).toFixed(1),
      ours ? `${(seconds / ours).toFixed(2)} x` : "-",
      gflops ? gflops.toFixed(1) : "-",
      gflops && peakGflops ? `${Math.round((100 * gflops) / peakGflops)} %` : "-",
      mebibytes(before),
      mebibytes(peak),
      failure,
    ];
  });
  return align([HEADER, ...rows]);
}

/** Columns of numbers go right; a reason at the end of a row may be as long as it likes. */
function align([header, ...rows]) {
  const measured = [header, ...rows].filter((row) => row.length >= header.length);
  const widths = header.map((_, i) => Math.max(...measured.map((row) => row[i].length)));
  widths[0] = Math.max(...[header, ...rows].map(([name]) => name.length));
  const line = ([name, ...cells]) => [
    name.padEnd(widths[0]),
    ...cells.map((cell, i) => (cells.length > 1 ? cell.padStart(widths[i + 1] ?? 0) : cell)),
  ];
  return [header, ...rows].map((row) => line(row).join("  ").trimEnd()).join("\n");
}

/**
 * How many times as fast we are as the fastest form of each peer.
 * @param {Comparison} comparison
 * @param {string[]} [others]
 * @returns {Record<string, { form: string, ratio: number }>} by peer
 */
function ratios({ results, web }, others = rivals({ web }).peers) {
  const ours = results.find(({ name, seconds }) => name === rivals({ web }).ours && seconds);
  const found = others.flatMap((peer) => {
    const [fastest] = results
      .filter(({ name, seconds }) => name.startsWith(peer) && seconds)
      .sort((a, b) => a.seconds - b.seconds);
    return ours && fastest ? [[peer, { form: fastest.name, ratio: fastest.seconds / ours.seconds }]] : [];
  });
  return Object.fromEntries(found);
}

/**
 * By how much we beat the best peer: below 1 we are slower. Infinite where there is none.
 * @param {Comparison} comparison
 */
export function lead(comparison) {
  return Math.min(...Object.values(ratios(comparison)).map(({ ratio }) => ratio));
}

/**
 * Our memory in units of PyTorch's most frugal form.
 * @param {Comparison} comparison
 * @param {(result: Result) => number} bytes
 */
function memoryRatio({ results, training, web }, bytes) {
  const known = results.filter(({ before, peak, seconds }) => before && peak && seconds);
  const ours = known.find(({ name }) => name === rivals({ web }).ours);
  const theirs = known.filter(({ name }) => name.startsWith("pytorch")).map(bytes);
  return training && ours && theirs.length > 0 ? bytes(ours) / Math.min(...theirs) : undefined;
}

/**
 * A group's jobs in a line each, and their geometric mean. Empty if nobody can be compared with us.
 * @param {string} group
 * @param {Comparison[]} comparisons
 */
export function summary(group, comparisons) {
  const { peers, beside } = rivals(comparisons[0]);
  const others = [...peers, ...beside];
  const rows = comparisons.map((comparison) => [
    ...others.map((other) => ratios(comparison, others)[other]?.ratio),
    finite(lead(comparison)),
    memoryRatio(comparison, ({ peak }) => peak),
    memoryRatio(comparison, ({ before, peak }) => peak - before),
  ]);
  if (rows.flat().every((ratio) => ratio === undefined)) return "";
  const means = rows[0].map((_, column) => geometricMean(rows.map((row) => row[column])));
  const cells = (row) => row.map((ratio) => (ratio === undefined ? "-" : `${ratio.toFixed(2)} x`));
  return align([
    [group, ...others.map((other) => `vs ${other}`), "vs best", "peak memory", "growth"],
    ...comparisons.map(({ job }, i) => [job, ...cells(rows[i])]),
    ["geometric mean", ...cells(means)],
  ]).concat("\n\n");
}

/** @param {(number | undefined)[]} numbers */
function geometricMean(numbers) {
  if (numbers.includes(undefined)) return undefined;
  return Math.exp(numbers.reduce((sum, x) => sum + Math.log(x), 0) / numbers.length);
}

/** @param {number} x */
function finite(x) {
  return Number.isFinite(x) ? x : undefined;
}

/** @param {Comparison} comparison */
export function verdict(comparison) {
  const found = Object.values(ratios(comparison));
  if (found.length === 0) return "";
  const list = found.map(({ form, ratio }) => `${ratio.toFixed(2)} times as fast as ${form}`);
  return `${rivals(comparison).ours} is ${list.join(", ")}\n`;
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

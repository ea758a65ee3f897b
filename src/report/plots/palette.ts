/** Colours of a drawing. */
export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly series: readonly string[];
}

export const light: Palette = {
  paper: "#ffffff",
  ink: "#1b1d21",
  muted: "#5c6470",
  grid: "#e4e6ea",
  series: ["#2563c9", "#cc4f16", "#0f7f72", "#8248be", "#9a6b00", "#bd3179", "#4b6a1a", "#58616f"],
};

export const dark: Palette = {
  paper: "#1b1e24",
  ink: "#e9ebef",
  muted: "#9ba4b3",
  grid: "#31363f",
  series: ["#74abff", "#ff9764", "#4fd0bf", "#c49dff", "#e9bf50", "#ff90c1", "#a7cd69", "#adb6c3"],
};

/** The custom properties of `palette` for a style sheet. */
export function declarations({ paper, ink, muted, grid, series }: Palette): string {
  const colours = series.map((colour, index) => `--series-${index}:${colour};`).join("");
  return `--paper:${paper};--ink:${ink};--muted:${muted};--grid:${grid};${colours}`;
}

/** Colours by the custom properties of the page around a drawing. */
export const ofPage: Palette = {
  paper: "var(--paper)",
  ink: "var(--ink)",
  muted: "var(--muted)",
  grid: "var(--grid)",
  series: light.series.map((_, index) => `var(--series-${index})`),
};

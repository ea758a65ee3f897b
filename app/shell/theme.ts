import { effect, type Signal, signal } from "@preact/signals";

/** `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

export const themes: readonly Theme[] = ["system", "light", "dark"];

const key = "convnets.theme";

/** What the reader chose, kept between visits. Colours follow by the attribute `data-theme` of the page. */
export const theme: Signal<Theme> = signal(
  themes.find((name) => name === localStorage.getItem(key)) ?? "system",
);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem(key, theme.value);
});

/** Whether the page is dark now, for what is drawn on a canvas: colours of style sheets don't reach there. */
export const dark: Signal<boolean> = signal(false);

const preference = matchMedia("(prefers-color-scheme: dark)");
function settle(): void {
  dark.value = theme.value === "dark" || (theme.value === "system" && preference.matches);
}
preference.addEventListener("change", settle);
effect(settle);

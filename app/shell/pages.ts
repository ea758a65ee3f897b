import type { ComponentType } from "preact";

/** A page of the application, loaded when it is first visited. */
export interface Page {
  /** In the address: `#/train`. */
  readonly path: string;
  readonly title: string;
  /** One line, under the title. */
  readonly about: string;
  load(): Promise<ComponentType>;
}

export const pages: readonly Page[] = [
  {
    path: "architectures",
    title: "Architectures",
    about: "Every network of the zoo, from the whole to one convolution, and what it costs.",
    load: async () => (await import("../architectures/page.tsx")).Architectures,
  },
  {
    path: "convolution",
    title: "Convolution",
    about: "One kernel over one picture, step by step.",
    load: async () => (await import("../convolution/page.tsx")).Convolution,
  },
  {
    path: "train",
    title: "Train",
    about: "Teach a network, here, and watch it learn.",
    load: async () => (await import("../train/page.tsx")).Train,
  },
  {
    path: "classify",
    title: "Classify",
    about: "Show a network something, and see why it answers as it does.",
    load: async () => (await import("../classify/page.tsx")).Classify,
  },
];

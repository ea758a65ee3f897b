import type { Entry } from "./description.ts";

/** Networks that a reader looks for together. */
export interface Family {
  readonly title: string;
  readonly entries: readonly Entry[];
}

const titles: readonly (readonly [name: RegExp, title: string])[] = [
  [/^mlp/, "Before convolutions"],
  [/^lenet/, "LeNet"],
  [/^alexnet/, "AlexNet"],
  [/^nin/, "Network in network"],
  [/^vgg/, "VGG"],
  [/^googlenet/, "GoogLeNet, the first Inception"],
  [/^inception/, "Inception, later versions"],
  [/_cifar$/, "ResNet for small pictures"],
  [/^(resnet|plain)/, "ResNet"],
];

/** The networks that hold every word of `search` in what is told of them, by family in the order of their years. */
export function families(entries: readonly Entry[], search = ""): readonly Family[] {
  const words = search.toLowerCase().split(/\s+/);
  const found = entries.filter((entry) => words.every((word) => textOf(entry).includes(word)));
  const byTitle = new Map<string, Entry[]>();
  for (const entry of found) {
    const title = familyOf(entry);
    byTitle.set(title, [...(byTitle.get(title) ?? []), entry]);
  }
  return [...byTitle].map(([title, some]) => ({ title, entries: some }));
}

function familyOf({ name, paper }: Entry): string {
  return titles.find(([pattern]) => pattern.test(name))?.[1] ?? paper.title;
}

function textOf(entry: Entry): string {
  const { name, form, about, year, paper } = entry;
  return `${name} ${name.replaceAll("_", " ")} ${form} ${about} ${year} ${paper.title} ${familyOf(entry)}`.toLowerCase();
}

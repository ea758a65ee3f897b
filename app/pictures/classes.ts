import { newId } from "../networks/network.ts";
import { plain } from "./names.ts";

/** A picture with its place in a set, as a small file. */
export interface KeptPicture {
  readonly id: string;
  readonly file: Blob;
}

export interface PictureClass {
  readonly id: string;
  readonly name: string;
  readonly pictures: readonly KeptPicture[];
}

/** Pictures by what they show. */
export type Classes = readonly PictureClass[];

/** Labels are bytes, and more than this is not shown well. */
export const mostClasses = 100;

/** With one more class, which has a name that no other has. */
export function withClass(classes: Classes, name?: string): Classes {
  if (classes.length >= mostClasses) return classes;
  const taken = new Set(classes.map((each) => each.name));
  const wanted = plain(name ?? "");
  let free = wanted;
  for (let number = 1; free === "" || taken.has(free); number++)
    free = wanted === "" ? `Class ${number}` : `${wanted} ${number + 1}`;
  return [...classes, { id: newId(), name: free, pictures: [] }];
}

export function renamed(classes: Classes, id: string, name: string): Classes {
  return changed(classes, id, (one) => ({ ...one, name }));
}

export function withoutClass(classes: Classes, id: string): Classes {
  return classes.filter((one) => one.id !== id);
}

export function withPictures(classes: Classes, id: string, files: readonly Blob[]): Classes {
  const pictures = files.map((file) => ({ id: newId(), file }));
  return changed(classes, id, (one) => ({ ...one, pictures: [...one.pictures, ...pictures] }));
}

/** With pictures in the class of that name, which is made where there is none; undefined where there is no room for it. */
export function withNamed(classes: Classes, name: string, files: readonly Blob[]): Classes | undefined {
  const wanted = plain(name);
  const known = classes.some((one) => one.name === wanted) ? classes : withClass(classes, wanted);
  const into = known.find((one) => one.name === wanted);
  return into && withPictures(known, into.id, files);
}

export function withoutPicture(classes: Classes, id: string, picture: string): Classes {
  return changed(classes, id, (one) => ({
    ...one,
    pictures: one.pictures.filter((each) => each.id !== picture),
  }));
}

/** Whether this is what is kept between visits: another version of this page may have written it. */
export function isClasses(value: unknown): value is Classes {
  return (
    isList(value) &&
    value.every(
      (one) =>
        isRecord(one) &&
        typeof one.id === "string" &&
        typeof one.name === "string" &&
        isList(one.pictures) &&
        one.pictures.every(
          (each) => isRecord(each) && typeof each.id === "string" && each.file instanceof Blob,
        ),
    )
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export function countOf(classes: Classes): number {
  return classes.reduce((sum, { pictures }) => sum + pictures.length, 0);
}

/** What keeps a network from learning these classes, in words for the reader; undefined where nothing does. */
export function obstacle(classes: Classes): string | undefined {
  if (classes.length < 2) return "A network tells classes apart: it takes two or more.";
  const names = new Set<string>();
  for (const { name, pictures } of classes) {
    if (name.trim() === "") return "A class has no name.";
    if (names.has(name)) return `Two classes are called ${name}.`;
    names.add(name);
    if (pictures.length < 2)
      return `${name} has ${pictures.length === 1 ? "one picture" : "no pictures"}, expected two or more: one to learn from, one to test with.`;
  }
  return undefined;
}

/**
 * Which of `count` pictures of a class are held out to test with: spread evenly, so that a burst of the camera has some
 * on either side; at least one of two.
 */
export function heldOut(count: number, share: number): readonly boolean[] {
  const held = count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * share)));
  return Array.from(
    { length: count },
    (_, index) => Math.floor(((index + 1) * held) / count) > Math.floor((index * held) / count),
  );
}

function changed(classes: Classes, id: string, change: (one: PictureClass) => PictureClass): Classes {
  return classes.map((one) => (one.id === id ? change(one) : one));
}

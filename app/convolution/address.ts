import { type Signal, signal, useSignalEffect } from "@preact/signals";
import { href, replaceRoute, route } from "../shell/route.ts";
import { playing } from "./playback.ts";
import { initial, type Place, queryOf, settingsOf } from "./settings.ts";
import { own, pictureOf } from "./source.ts";
import { bytes, columnOf, middle, moveTo, position, rowOf, settings } from "./state.ts";

/** Why a picture is not the one that was asked for, and the one that is there in its place. */
const failure: Signal<{ readonly picture: string; readonly text: string } | undefined> = signal(undefined);

/** The picture that is shown. */
let loaded = "";

/** The query that the page wrote or has followed. */
let known = "";

/** What a link says of the window, until its picture is there. */
let arriving: { readonly place: Place | undefined } | undefined;

/** The address follows the settings, and the settings an address that was followed or changed. */
export function useAddress(): void {
  useSignalEffect(() => {
    const { page, query } = route.value;
    const text = query.toString();
    // The way back from other pages names none: all is as it was left.
    if (page !== "convolution" || text === known || text === "") return;
    known = text;
    const { settings: found, place } = settingsOf(query);
    arriving = { place };
    settings.value = found;
    if (found.picture === loaded) arrive();
  });
  useSignalEffect(() => {
    // While it plays, the place changes more often than browsers let the address change.
    const query = playing.value ? undefined : currentQuery();
    if (query === undefined || arriving !== undefined) return;
    const timer = setTimeout(() => {
      if (route.peek().page !== "convolution") return;
      known = new URLSearchParams(query).toString();
      replaceRoute(href("convolution", "", query));
    }, 300);
    return () => clearTimeout(timer);
  });
}

/** Loads the picture that is chosen. -> what went wrong. */
export function usePicture(): string | undefined {
  useSignalEffect(() => {
    const { picture } = settings.value;
    // Another picture of the reader's has the same name.
    own.value;
    if (picture === loaded && picture !== "own") return;
    pictureOf(picture).then(
      (found) => {
        if (settings.peek().picture !== picture) return;
        if (found === undefined) {
          failure.value = { picture: initial.picture, text: missing(picture) };
          settings.value = { ...settings.peek(), picture: initial.picture };
          return;
        }
        if (failure.peek()?.picture !== picture) failure.value = undefined;
        loaded = picture;
        bytes.value = found;
        arrive();
      },
      (error: unknown) => {
        failure.value = { picture, text: error instanceof Error ? error.message : String(error) };
      },
    );
  });
  return failure.value?.text;
}

function arrive(): void {
  if (arriving === undefined) return;
  const { row, column } = arriving.place ?? middle();
  arriving = undefined;
  moveTo(row, column);
}

function currentQuery(): Record<string, string> {
  const place = { row: rowOf(position.value), column: columnOf(position.value) };
  const usual = middle();
  return queryOf(
    settings.value,
    place.row === usual.row && place.column === usual.column ? undefined : place,
  );
}

function missing(picture: string): string {
  if (picture === "own")
    return "The picture of this link was the reader's own, which links don't hold: this is a digit instead.";
  return `There is no picture ${picture}: this is a digit instead.`;
}

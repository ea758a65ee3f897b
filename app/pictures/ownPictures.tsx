import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ClassCard, type Way } from "./classCard.tsx";
import { type Classes, countOf, heldOut, mostClasses, obstacle, withClass, withNamed } from "./classes.ts";
import { encode } from "./encode.ts";
import { holdOut, openOwnClasses, ownClasses } from "./ownSet.ts";
import { PictureDrop } from "./pictureDrop.tsx";
import type { FoundPicture } from "./read.ts";
import "./ownPictures.css";

/** The editor of the reader's own classes and their pictures: `ownClasses`. */
export function OwnPictures(): JSX.Element {
  /** The class that pictures are added to just now, and how. */
  const adding = useSignal<{ readonly id: string; readonly way: Way } | undefined>(undefined);
  const crowded = useSignal(false);
  useEffect(() => {
    void openOwnClasses().then(() => {
      if (ownClasses.value.length === 0) ownClasses.value = withClass(withClass([]));
    });
  }, []);
  const classes = ownClasses.value;

  const byFolder = async ({ folder, picture }: FoundPicture): Promise<void> => {
    const file = await encode(picture);
    const before = ownClasses.value.filter(
      ({ name, pictures }) => !isPlaceholder(name) || pictures.length > 0,
    );
    const next = withNamed(before, folder ?? "Pictures", [file]);
    crowded.value ||= next === undefined;
    if (next) ownClasses.value = next;
  };

  return (
    <section class="stack own" aria-label="Own pictures">
      <PictureDrop
        many
        paste={false}
        label="Drop a folder or a zip of folders: each folder becomes a class"
        onPicture={byFolder}
      />
      {crowded.value && (
        <p class="notice" role="alert">
          There are {mostClasses} classes, which is the most; the pictures of further folders were left out.
        </p>
      )}
      <div class="classes">
        {classes.map((one) => (
          <ClassCard
            key={one.id}
            one={one}
            way={adding.value?.id === one.id ? adding.value.way : undefined}
            onWay={(way) => {
              adding.value = way && { id: one.id, way };
            }}
          />
        ))}
      </div>
      <div class="row">
        <button
          type="button"
          disabled={classes.length >= mostClasses}
          onClick={() => {
            ownClasses.value = withClass(classes);
          }}
        >
          Add a class
        </button>
        <label class="row">
          <span class="muted">Held out for tests</span>
          <select
            value={holdOut.value}
            onChange={({ currentTarget }) => {
              holdOut.value = Number(currentTarget.value);
            }}
          >
            {[0.1, 0.2, 0.3, 0.5].map((share) => (
              <option key={share} value={share}>
                {Math.round(share * 100)} %
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="muted" aria-live="polite">
        {obstacle(classes) ?? split(classes, holdOut.value)}
      </p>
    </section>
  );
}

/** Empty classes with names that nobody gave make room for folders. */
function isPlaceholder(name: string): boolean {
  return /^Class \d+$/.test(name);
}

function split(classes: Classes, share: number): string {
  const test = classes.reduce(
    (sum, { pictures }) => sum + heldOut(pictures.length, share).filter(Boolean).length,
    0,
  );
  return `${classes.length} classes: ${countOf(classes) - test} pictures to learn from, ${test} to test with.`;
}

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import {
  type BrokenPicture,
  type FoundPicture,
  readPictures,
  type Source,
  sourcesOf,
  transferred,
} from "./read.ts";
import "./pictures.css";

export interface PictureDropProps {
  /** Each picture as it is read; the next one waits for what it returns. */
  onPicture(found: FoundPicture): void | Promise<void>;
  /** Several pictures, folders and zip archives, not only one picture. Default false. */
  readonly many?: boolean;
  /** What is asked for. Default "Drop a picture here". */
  readonly label?: string;
  /** Whether pictures that are pasted anywhere on the page come here. Default true. */
  readonly paste?: boolean;
}

/** So many names of broken files are listed. */
const listed = 5;

/** A place to drop pictures on, with buttons for files; pasting works too. */
export function PictureDrop({ onPicture, many = false, label, paste = true }: PictureDropProps): JSX.Element {
  const over = useSignal(false);
  const count = useSignal<number | undefined>(undefined);
  const broken = useSignal<readonly BrokenPicture[]>([]);
  const failure = useSignal("");
  const stop = useRef<AbortController | undefined>(undefined);

  const take = async (wanted: Promise<readonly Source[]> | readonly Source[]): Promise<void> => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    broken.value = [];
    failure.value = "";
    count.value = 0;
    try {
      const sources = await wanted;
      const some = many ? sources : sources.slice(0, 1);
      await readPictures(
        some,
        async (found) => {
          if ("reason" in found) broken.value = [...broken.value, found];
          else if (many || count.value === 0) {
            count.value = (count.value ?? 0) + 1;
            await onPicture(found);
          }
        },
        mine.signal,
      );
    } catch (error) {
      if (stop.current === mine) failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      if (stop.current === mine) stop.current = undefined;
      if (!stop.current) count.value = undefined;
    }
  };
  const latest = useRef(take);
  latest.current = take;

  useEffect(() => {
    if (!paste) return;
    const pasted = (event: ClipboardEvent) => {
      if (event.clipboardData?.files.length) void latest.current(transferred(event.clipboardData));
    };
    document.addEventListener("paste", pasted);
    return () => document.removeEventListener("paste", pasted);
  }, [paste]);
  useEffect(() => () => stop.current?.abort(), []);

  const text = label ?? (many ? "Drop pictures, a folder or a zip here" : "Drop a picture here");
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons within do the same by keyboard */}
      <div
        class={over.value ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          if (event.dataTransfer) void take(transferred(event.dataTransfer));
        }}
      >
        <p class="muted">{count.value === undefined ? text : `Reading … ${many ? count.value : ""}`}</p>
        <div class="row">
          <FileButton many={many} onFiles={(files) => void take(sourcesOf(files))}>
            {many ? "Choose pictures or a zip" : "Choose a picture"}
          </FileButton>
          {many && (
            <FileButton many folder onFiles={(files) => void take(sourcesOf(files))}>
              Choose a folder
            </FileButton>
          )}
          {many && count.value !== undefined && (
            <button type="button" onClick={() => stop.current?.abort()}>
              Stop
            </button>
          )}
        </div>
      </div>
      {(broken.value.length > 0 || failure.value !== "") && (
        <div class="notice" role="alert">
          {failure.value !== "" && <p>{failure.value}</p>}
          {broken.value.slice(0, listed).map(({ path, name, reason }) => (
            <p key={path}>
              {name} {reason}.
            </p>
          ))}
          {broken.value.length > listed && (
            <p>And {broken.value.length - listed} more files were left out.</p>
          )}
        </div>
      )}
    </div>
  );
}

interface FileButtonProps {
  readonly many: boolean;
  readonly folder?: boolean;
  readonly children: string;
  onFiles(files: Iterable<File>): void;
}

/** A button over a hidden file input: those of browsers have words and looks of their own. */
function FileButton({ many, folder = false, children, onFiles }: FileButtonProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={children}
        multiple={many}
        {...(folder ? { webkitdirectory: true } : { accept: many ? "image/*,.zip" : "image/*" })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}

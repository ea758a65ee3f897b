import { type Signal, signal } from "@preact/signals";

/** Something that goes on whatever page is shown, told in the header. */
export interface Activity {
  /** The page that shows it. */
  readonly page: string;
  readonly text: string;
}

/** What goes on now. A page's own module sets it: the shell knows no page. */
export const activity: Signal<Activity | undefined> = signal(undefined);

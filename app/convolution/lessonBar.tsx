import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { href } from "../shell/route.ts";
import { type Lesson, lessons } from "./lessons.ts";

const welcome =
  "Each of these sets the page; then change what you like. Point at a number of either picture, with the mouse, a finger or the arrow keys, and see where it comes from and where it goes. Or press Play.";

/** Ways into the page, each with a word on what is to be seen. */
export function LessonBar(): JSX.Element {
  const current = useSignal<Lesson | undefined>(undefined);
  return (
    <nav class="lessons" aria-label="Things to try">
      <ul>
        {lessons.map((lesson) => (
          <li key={lesson.title}>
            <a
              class="button"
              href={href("convolution", "", lesson.query)}
              aria-current={lesson === current.value ? "true" : undefined}
              onClick={() => {
                current.value = lesson;
              }}
            >
              {lesson.title}
            </a>
          </li>
        ))}
      </ul>
      <p aria-live="polite">{current.value?.text ?? welcome}</p>
    </nav>
  );
}

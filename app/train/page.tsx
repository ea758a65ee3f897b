import type { JSX } from "preact";

export function Train(): JSX.Element {
  return <p>Not built yet.</p>;
}

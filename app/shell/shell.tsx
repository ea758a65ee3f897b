import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { activity } from "./activity.ts";
import { type Page, pages } from "./pages.ts";
import { href, route } from "./route.ts";
import { type Theme, theme, themes } from "./theme.ts";

/** What is around every page: its name, the way to the others, light and dark. */
export function Shell(): JSX.Element {
  const page = pages.find(({ path }) => path === route.value.page) ?? pages[0];
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        Skip to the page
      </button>
      <header class="top">
        <a class="brand" href={href("architectures")}>
          <img src="./icon.svg" alt="" width="28" height="28" />
          convnets
        </a>
        <nav aria-label="Pages">
          {pages.map(({ path, title }) => (
            <a key={path} href={href(path)} aria-current={path === page?.path ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <Activity />
        <ThemeChoice />
      </header>
      <main id="main" tabIndex={-1}>
        {page && <Visited key={page.path} page={page} />}
      </main>
    </>
  );
}

/** A button: the address behind # names the page, so no link can lead to an anchor. */
function skip(): void {
  document.querySelector<HTMLElement>("#main")?.focus();
}

/** What goes on in another page than the one that is shown. */
function Activity(): JSX.Element | null {
  const { value } = activity;
  if (value === undefined) return null;
  return (
    <a class="activity" href={href(value.page)}>
      {value.text}
    </a>
  );
}

function Visited({ page }: { readonly page: Page }): JSX.Element {
  const Content = useSignal<ComponentType | undefined>(undefined);
  const failure = useSignal<unknown>(undefined);
  const [broken, repair] = useErrorBoundary();
  useSignalEffect(() => {
    document.title = `${page.title} · convnets`;
    page.load().then(
      (component) => {
        Content.value = component;
      },
      (error: unknown) => {
        failure.value = error;
      },
    );
  });
  const error: unknown = broken ?? failure.value;
  return (
    <>
      <div class="title">
        <h1>{page.title}</h1>
        <p>{page.about}</p>
      </div>
      {error !== undefined ? (
        <div class="notice" role="alert">
          <p>This page stopped: {error instanceof Error ? error.message : String(error)}</p>
          <button type="button" onClick={() => (broken === undefined ? location.reload() : repair())}>
            Try again
          </button>
        </div>
      ) : (
        Content.value && <Content.value />
      )}
    </>
  );
}

const labels: Readonly<Record<Theme, string>> = { system: "System", light: "Light", dark: "Dark" };

function ThemeChoice(): JSX.Element {
  return (
    <select
      class="theme"
      aria-label="Colours"
      value={theme.value}
      onChange={({ currentTarget }) => {
        theme.value = themes.find((name) => name === currentTarget.value) ?? "system";
      }}
    >
      {themes.map((name) => (
        <option key={name} value={name}>
          {labels[name]}
        </option>
      ))}
    </select>
  );
}

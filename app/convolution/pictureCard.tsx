import type { JSX } from "preact";
import { drawn } from "./drawn.ts";
import { OwnPicture } from "./ownPicture.tsx";
import { channelChoices, type Settings } from "./settings.ts";
import { own } from "./source.ts";
import { bytes, change, settings } from "./state.ts";

const channelTitles: Readonly<Record<Settings["channels"], string>> = {
  grey: "in grey",
  red: "red alone",
  green: "green alone",
  blue: "blue alone",
  all: "all three, a kernel each",
};

/** Which picture, and which numbers it is made of. */
export function PictureCard({ failure }: { readonly failure: string | undefined }): JSX.Element {
  const { picture, channels, white } = settings.value;
  const [kind, digit = "", place = "0"] = picture.split("-");
  return (
    <section class="card stack">
      <h2>Picture</h2>
      <div class="row preset">
        <label class="field">
          <span>Picture</span>
          <select
            value={kind === "digit" ? `digit-${digit}` : picture}
            onChange={({ currentTarget: { value } }) =>
              change({ picture: value.startsWith("digit") ? `${value}-0` : value })
            }
          >
            <optgroup label="Handwritten">
              {tenDigits.map((one) => (
                <option key={one} value={`digit-${one}`}>
                  Digit {one}
                </option>
              ))}
            </optgroup>
            <optgroup label="By formula">
              {drawn.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </optgroup>
            <optgroup label="What LeNet-5 compares with">
              {tenDigits.map((one) => (
                <option key={one} value={`bitmap-${one}`}>
                  Printed {one}
                </option>
              ))}
            </optgroup>
            {own.value && <option value="own">Your picture</option>}
          </select>
        </label>
        {kind === "digit" && (
          <button type="button" onClick={() => change({ picture: `digit-${digit}-${Number(place) + 1}` })}>
            Next digit
          </button>
        )}
      </div>
      {failure !== undefined && (
        <p class="notice" role="alert">
          {failure}
        </p>
      )}
      <OwnPicture />
      {bytes.value.channels === 3 && (
        <label class="field">
          <span>Its colours</span>
          <select
            value={channels}
            onChange={({ currentTarget }) =>
              change({ channels: channelChoices.find((one) => one === currentTarget.value) ?? "grey" })
            }
          >
            {channelChoices.map((one) => (
              <option key={one} value={one}>
                {channelTitles[one]}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        <span>Numbers from black to white</span>
        <select
          value={white}
          onChange={({ currentTarget }) => change({ white: currentTarget.value === "255" ? 255 : 1 })}
        >
          <option value={1}>0 to 1, as networks see them</option>
          <option value={255}>0 to 255, as files have them</option>
        </select>
      </label>
    </section>
  );
}

const tenDigits = Array.from({ length: 10 }, (_, digit) => digit);

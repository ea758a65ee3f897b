// The pages of the web application, driven as a reader would: a network is trained, a 7 is drawn.
import { once } from "node:events";
import { join } from "node:path";
import sharp from "sharp";
import { appServer } from "../../dist/cli/appServer.js";
import { picture } from "./tab.js";

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

export async function shootApp(browser, root) {
  const server = appServer(join(root, "dist", "app")).listen(0, "localhost");
  await once(server, "listening");
  const url = `http://localhost:${server.address().port}/`;
  const file = (name) => join(root, "docs", "pictures", `app-${name}.png`);
  try {
    const context = await browser.newContext({ viewport: desktop, colorScheme: "light" });
    const tab = await context.newPage();
    const visit = (hash) => tab.goto(url + hash);
    const shoot = async (name, height) => {
      await tab.setViewportSize({ ...desktop, height });
      await quiet(tab);
      await (await picture(tab)).toFile(file(name));
    };

    await visit("#/architectures/googlenet?layer=inception3a.branch2.1");
    await tab.getByRole("heading", { name: /^googlenet/ }).waitFor();
    await shoot("architectures", 900);
    await visit("#/architectures/googlenet?with=vgg16");
    await tab.getByRole("heading", { name: "Where the cost lies" }).waitFor();
    await shoot("compare", 1000);
    await visit("#/architectures/ideas");
    await tab.getByRole("heading", { name: /1×1 convolution/ }).scrollIntoViewIfNeeded();
    await shootSection(tab, /1×1 convolution saves/, file("ideas"));
    await visit("#/convolution");
    await tab.getByText(/^Output \d/).waitFor();
    await shoot("convolution", 1130);

    await visit("#/train?epochs=3");
    await tab.getByRole("button", { name: "Train", exact: true }).click();
    await tab
      .getByText(/^Done$/)
      .first()
      .waitFor();
    await shoot("train", 1290);
    await tab.getByRole("link", { name: "Classify with it" }).click();
    await drawSeven(tab);
    await shoot("classify", 1000);

    await tab.emulateMedia({ colorScheme: "dark" });
    const views = [];
    for (const page of ["Architectures", "Train", "Classify"]) {
      await tab.setViewportSize(phone);
      await tab.getByRole("link", { name: page, exact: true }).click();
      if (page === "Classify") await drawSeven(tab);
      await tab.evaluate(() => scrollTo(0, 0));
      await quiet(tab);
      views.push(await (await picture(tab)).toBuffer());
    }
    await sideBySide(views, phone).toFile(file("phone"));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Waits for what is drawn in later frames: maps, diagrams that move. */
async function quiet(tab) {
  await tab.mouse.move(0, 0);
  await tab.waitForTimeout(1500);
}

/** One section of a page, as wide as it is. */
async function shootSection(tab, name, file) {
  await quiet(tab);
  const section = tab.getByRole("region", { name });
  await section.scrollIntoViewIfNeeded();
  const { height } = await section.boundingBox();
  await tab.setViewportSize({ ...desktop, height: Math.ceil(height) + 40 });
  await section.evaluate((element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 20));
  await quiet(tab);
  await (await picture(tab)).toFile(file);
}

async function drawSeven(tab) {
  const sheet = tab.getByRole("application", { name: /^Drawing/ });
  await sheet.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await sheet.boundingBox();
  await tab.mouse.move(x + 0.28 * width, y + 0.24 * height);
  await tab.mouse.down();
  await tab.mouse.move(x + 0.7 * width, y + 0.24 * height, { steps: 10 });
  await tab.mouse.move(x + 0.44 * width, y + 0.78 * height, { steps: 15 });
  await tab.mouse.up();
  await tab.getByText(/^7,/).waitFor();
}

function sideBySide(views, { width, height }) {
  const gap = 24;
  return sharp({
    create: {
      width: views.length * (width + gap) - gap,
      height,
      channels: 4,
      background: { r: 0, g: 0, b: 0, alpha: 0 },
    },
  })
    .composite(views.map((input, index) => ({ input, left: index * (width + gap), top: 0 })))
    .png({ palette: true, colours: 128, effort: 10 });
}

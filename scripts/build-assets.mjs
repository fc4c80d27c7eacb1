// Builds static/built from our sources and the USWDS package: one style sheet, one script, one icon sprite, and only
// the fonts and images that the style sheet names. A stamp over every input makes a second run do nothing.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const USWDS = join(ROOT, "node_modules/@uswds/uswds");
const STATIC = join(ROOT, "static");
const FINAL = join(STATIC, "built");
// Built beside the old files and put in their place at the end: a failed build leaves the last good one standing.
const BUILT = join(STATIC, `built.${process.pid}`);
const STAMP = join(FINAL, ".stamp");
// Regular and SemiBold carry every page; the browser slants the rare italic itself. The mono face is for numbers.
const FONTS = ["PublicSans-Regular", "PublicSans-SemiBold", "roboto-mono-v5-latin-regular"];

const read = (path) => readFileSync(path, "utf8");
const files = (folder, ending) => readdirSync(folder).filter((name) => name.endsWith(ending)).sort();

function inputs() {
  const own = [...files(join(STATIC, "styles"), "").map((n) => join(STATIC, "styles", n)),
               ...files(join(STATIC, "scripts"), ".js").map((n) => join(STATIC, "scripts", n))];
  return [...own, join(STATIC, "icons.txt"), join(USWDS, "package.json"), fileURLToPath(import.meta.url)];
}

function fingerprint() {
  const hash = createHash("sha256");
  for (const path of inputs()) hash.update(path.slice(ROOT.length)).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

// -- Styles ----------------------------------------------------------------------------------------------------------
const shortest = (hex) => hex.replace(/^#(.)\1(.)\2(.)\3$/, "#$1$2$3");

function palette() {
  const table = Object.entries(JSON.parse(read(join(STATIC, "styles/colours.json"))));
  const side = (index) => table.map(([name, pair]) => `--${name}:${pair[index]}`).join(";");
  const dark = `color-scheme:dark;${side(1)}`;
  return {
    names: new Map(table.map(([name, pair]) => [shortest(pair[0]), name])),
    // Paper is always light, whatever the screen shows.
    rules: `:root{color-scheme:light;${side(0)}}@media screen{:root[data-scheme=dark]{${dark}}` +
           `@media (prefers-color-scheme:dark){:root[data-scheme=device]{${dark}}}}`,
  };
}

function useProperties(css, names) {
  const unknown = new Set();
  const result = css.replace(/#[0-9a-f]{3,8}\b|rgba?\((?!0,0,0,0\))[^)]*\)/gi, (literal) => {
    const name = names.get(shortest(literal.toLowerCase()));
    if (!name) unknown.add(literal);
    return `var(--${name})`;
  });
  if (unknown.size) throw new Error(`Colours without a dark counterpart in colours.json: ${[...unknown].join(", ")}`);
  return result;
}

const keepOurFonts = (css) =>
  css.replace(/@font-face\{[^}]*\}/g, (face) => (FONTS.some((font) => face.includes(`${font}.woff2`)) ? face : ""));

function copyNamedFiles(css) {
  const named = new Set([...css.matchAll(/url\("?([^")]+)"?\)/g)].map((match) => match[1]));
  for (const name of named) {
    if (name.startsWith("../")) continue;  // an image of our own, served from where it stands
    const source = join(USWDS, "dist", name.replace(/^images\//, "img/"));
    mkdirSync(dirname(join(BUILT, name)), { recursive: true });
    cpSync(source, join(BUILT, name));
  }
}

async function buildStyles() {
  const sass = await import("sass");
  const compiled = sass.compile(join(STATIC, "styles/sen.scss"), {
    loadPaths: [join(USWDS, "packages")],
    style: "compressed",
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { names, rules } = palette();
  const css = keepOurFonts(compiled.css.replace(/^\uFEFF|\/\*#[^*]*\*\//g, "")).replace(/url\(""\)/g, "none");
  const body = useProperties(css, names);
  copyNamedFiles(body);
  writeFileSync(join(BUILT, "sen.css"), rules + body);
}

// -- Paper: the faces of printed reports, one after the other looked through for a letter -------------------------------
const PAPER = join(ROOT, "reports/printing/fonts");
const PAPER_FACES = [
  ...["Regular", "SemiBold", "Italic"].map((face) => join(USWDS, "dist/fonts/public-sans", `PublicSans-${face}.ttf`)),
  ...["noto-sans/NotoSans", "noto-sans-arabic/NotoSansArabic", "noto-sans-hebrew/NotoSansHebrew",
      "noto-sans-devanagari/NotoSansDevanagari", "noto-sans-bengali/NotoSansBengali",
      "noto-sans-gurmukhi/NotoSansGurmukhi", "noto-sans-thai/NotoSansThai", "kosugi/Kosugi",
      "zcool-xiaowei/ZCOOLXiaoWei", "gowun-dodum/GowunDodum"].map(face),
];

// Packages of several weights keep each in a folder; those of one weight do not.
function face(named) {
  const [name, file] = named.split("/");
  const folder = join(ROOT, "node_modules/@expo-google-fonts", name);
  return [join(folder, "400Regular", `${file}_400Regular.ttf`), join(folder, `${file}_400Regular.ttf`)].find(existsSync);
}

function copyPaperFaces() {
  rmSync(PAPER, { recursive: true, force: true });
  mkdirSync(PAPER, { recursive: true });
  for (const path of PAPER_FACES) cpSync(path, join(PAPER, path.split("/").pop()));
}

// -- Scripts: each module in its own block, one request. They import only from page.js, which stands first. ------------
function asBlock(name) {
  const source = read(join(STATIC, "scripts", name));
  const body = source.replace(/^import .*$/gm, "").replace(/^export /gm, "").replace(/^\s*\/\/.*$\n/gm, "");
  return name === "page.js" ? body : `{\n${body}}\n`;
}

// What few pages need is a script of its own, which those pages name.
const APART = ["upload.js"];

function buildScripts() {
  const names = files(join(STATIC, "scripts"), ".js").filter((name) => name !== "page.js" && !APART.includes(name));
  for (const [built, parts] of [["sen.js", names], ...APART.map((name) => [name, [name]])])
    writeFileSync(join(BUILT, built), ["page.js", ...parts].map(asBlock).join("").replace(/\n\s*\n/g, "\n"));
}

// -- Icons -----------------------------------------------------------------------------------------------------------
function symbol(name) {
  const svg = read(join(USWDS, "dist/img/usa-icons", `${name}.svg`));
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$|<path[^>]*d="M0 0h24v24H0[zV]?"[^>]*\/>|fill="none"\s?/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

function buildIcons() {
  const names = read(join(STATIC, "icons.txt")).split("\n").map((line) => line.trim()).filter(Boolean);
  writeFileSync(join(BUILT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>\n`);
}

// --------------------------------------------------------------------------------------------------------------------
const mark = fingerprint();
if (existsSync(STAMP) && read(STAMP) === mark && existsSync(PAPER)) {
  console.log("assets: up to date");
} else {
  mkdirSync(BUILT, { recursive: true });
  try {
    await buildStyles();
    buildScripts();
    buildIcons();
    copyPaperFaces();
    writeFileSync(join(BUILT, ".stamp"), mark);
    rmSync(FINAL, { recursive: true, force: true });
    renameSync(BUILT, FINAL);
  } finally {
    rmSync(BUILT, { recursive: true, force: true });
  }
  console.log("assets: built");
}

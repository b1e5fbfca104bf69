/** What the built page is made of. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const INSIDE = ["react", "react-dom", "scheduler"];
/** It holds types only, of which nothing is left in a script. */
const LEFT_OUT = "src/openapi.ts";

/** One mark of all sources and of the versions of all packages. */
export function sourcesHash(): string {
  const hash = createHash("sha256");
  const files = ["src", "page"].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
  const sources = files.filter((path) => /\.tsx?$/.test(path) && path !== LEFT_OUT);
  for (const path of [...sources, "package-lock.json"].sort()) {
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Write the licences of the packages that are inside the script. */
export function licences(path: string): void {
  const texts = INSIDE.map((name) => {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { version: string };
    return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
  });
  writeFileSync(path, texts.join(`\n${"-".repeat(80)}\n\n`));
}

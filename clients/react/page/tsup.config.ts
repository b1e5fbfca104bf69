import { defineConfig } from "tsup";

import { licences, sourcesHash } from "./provenance";

const PAGES = process.env["PAGES"] ?? "../../src/have_we_met/server/pages";

/** The page's script, whole and small; it is checked in, so that nobody needs npm to be served it. */
export default defineConfig({
  entry: { register: "page/register.tsx" },
  outDir: PAGES,
  format: ["iife"],
  outExtension: () => ({ js: ".js" }),
  target: "es2022",
  platform: "browser",
  minify: true,
  noExternal: [/./],
  define: { "process.env.NODE_ENV": '"production"' },
  esbuildOptions: (options) => {
    options.legalComments = "none"; // all of them are in the file that the banner names
  },
  banner: { js: `/* Made by "make client" from sources ${sourcesHash()}. Licences: register.licences.txt */` },
  onSuccess: async () => licences(`${PAGES}/register.licences.txt`),
});

import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "es2022",
  dts: true,
  clean: true,
  // For frameworks with server components: a hook runs in the browser.
  banner: { js: '"use client";' },
});

// Builds the pages to dist/, which the program carries. Nothing is inlined: the pages run under a
// Content-Security-Policy without inline scripts and styles.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 600,
  },
  server: {
    // `npx vite` for work on the pages, beside a running `cahoots serve`.
    proxy: { "/api": { target: "http://127.0.0.1:7117", changeOrigin: true } },
  },
});

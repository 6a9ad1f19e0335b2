// Runes everywhere; styles go to files, never into the document.
export default {
  compilerOptions: { runes: true, css: "external" },
};

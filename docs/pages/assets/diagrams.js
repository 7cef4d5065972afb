// Draws the diagrams of a page, with the mermaid.tiny.js beside this file; a page without one doesn't load it.
const diagrams = document.querySelectorAll("pre.diagram");
if (diagrams.length) {
  const script = document.createElement("script");
  script.src = new URL("mermaid.tiny.js", document.currentScript.src);
  script.onload = async () => {
    const dark = document.body.dataset.mdColorScheme === "slate";
    mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "neutral" });
    // Mermaid wants the text itself, without the <code> around it.
    for (const diagram of diagrams) diagram.textContent = diagram.textContent;
    await mermaid.run({ nodes: diagrams });
  };
  document.head.append(script);
}

// Every page works without this file; it only smooths what is there already.
(() => {
  "use strict";
  const ecl = document.currentScript.dataset.ecl;
  document.documentElement.classList.replace("no-js", "has-js");

  // A table that fits needs no tab stop for scrolling.
  const tabStops = () => {
    for (const box of document.querySelectorAll(".table-scroll")) {
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    }
  };

  // ECL scripts (350 kB) are fetched only by a page with a component that asks for them.
  const components = () => {
    if (!document.querySelector("[data-ecl-auto-init]")) return;
    if (window.ECL) return void window.ECL.autoInit();
    const script = document.createElement("script");
    script.src = ecl;
    script.onload = () => window.ECL.autoInit();
    document.head.append(script);
  };

  const refresh = () => { tabStops(); components(); };
  refresh();
  addEventListener("resize", tabStops);
  document.addEventListener("toggle", tabStops, true);
  document.addEventListener("htmx:afterSettle", refresh);

  // Forms that come back to this page follow its address when htmx changes it.
  document.addEventListener("htmx:pushedIntoHistory", (event) => {
    for (const field of document.querySelectorAll("input[data-address]")) field.value = event.detail.path;
  });

  // Escape closes the phone menu and returns to its button.
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.site-menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();

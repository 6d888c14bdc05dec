// Drop a file anywhere on the zone; see how much of it is sent. Without this file the form works as any form.
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  const zone = form.querySelector(".dropzone");
  const input = form.querySelector("input[type=file]");
  const sending = form.querySelector("[data-sending]");
  form.querySelector(".dropzone__drop").hidden = false;

  const over = (is) => (event) => { event.preventDefault(); zone.classList.toggle("is-over", is); };
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, over(true));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, over(false));
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
  // Elsewhere on the page a dropped file would be opened in place of the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

  // A second click sends nothing twice.
  form.addEventListener("submit", () => {
    form.querySelector("button.ecl-button--primary").disabled = true;
    sending.hidden = false;
  });
  addEventListener("pageshow", () => {
    form.querySelector("button.ecl-button--primary").disabled = false;
    sending.hidden = true;
  });
})();

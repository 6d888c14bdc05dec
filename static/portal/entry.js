// The form saves itself. It works without this file: then the buttons save.
// What comes back after a save is the page as it stands now; from it the live parts and untouched fields are taken,
// never the field somebody is typing in.
(() => {
  "use strict";
  const form = document.getElementById("entry");
  if (!form) return;
  const QUIET = 1500, RETRY = [2000, 4000, 8000, 15000, 30000];
  let timer = 0, tries = 0, saving = null, changed = false, leaving = false;

  const byId = (id, root = document) => root.getElementById(id);
  const say = (what) => {
    const state = byId("save-state"), words = state.dataset[what];
    if (state.textContent !== words) state.textContent = words;
    state.classList.remove("is-saved");
    state.classList.toggle("is-failed", ["offline", "failed", "signedOut"].includes(what));
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(() => save(), wait); };
  const touched = () => { changed = true; if (!saving && !tries) say("changed"); if (!tries) later(QUIET); };

  form.addEventListener("input", touched);
  form.addEventListener("change", () => { touched(); if (!tries) later(50); });
  // Two saves of one page never overtake each other: what leaves the page waits for the one on its way.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!saving) { leaving = true; return; }
    event.preventDefault();
    saving.then(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || !(changed || saving) || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    await saving;
    await save();
    location.assign(link.href);
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("online", () => { if (changed) { tries = 0; save(); } });
  addEventListener("beforeunload", (event) => {
    if (!leaving && (changed || saving || form.querySelector("[name^='conflict.']"))) event.preventDefault();
  });

  // "Yes, take that" and choices between two answers save at once, without leaving the page.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name^='accept.']");
    if (!button || saving) return;
    event.preventDefault();
    const agreed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    button.replaceWith(agreed);
    changed = true;
    save(button.name.replace(/^accept/, "value"));
  });

  function save(agreed) {
    clearTimeout(timer);
    if (!saving && !leaving && changed) saving = send(agreed);
    return saving;
  }

  async function send(agreed) {
    changed = false;
    const sent = new FormData(form);
    say("saving");
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent, headers: { "X-Entry": "1" }, credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!byId("entry", fresh)) throw new Error(answer.redirected ? "signedOut" : "failed");
      tries = 0; saving = null;
      if (answer.ok) take(fresh, sent); else { changed = true; byId("save-state").replaceWith(byId("save-state", fresh)); }
      if (agreed) document.getElementsByName(agreed)[0]?.focus();
      if (answer.ok && changed) { say("changed"); later(QUIET); }
    } catch (problem) {
      saving = null; changed = true;
      say(["signedOut", "failed"].includes(problem.message) ? problem.message : "offline");
      later(RETRY[Math.min(tries++, RETRY.length - 1)]);
    }
  }

  // The names and values of a part of the form as they were sent.
  const same = (part, sent) => [...part.querySelectorAll("input, textarea, select")].every((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked === sent.getAll(field.name).includes(field.value)
      : field.type === "hidden" || sent.getAll(field.name).includes(field.value.replace(/\r?\n/g, "\r\n")) || sent.getAll(field.name).includes(field.value));

  function take(fresh, sent) {
    const focused = document.activeElement;
    for (const part of document.querySelectorAll("[data-live]")) {
      const now = byId(part.id, fresh);
      const inside = part.contains(focused) && part !== focused;
      if (!now || inside && focused.matches("textarea, summary") || !same(part, sent)) continue;
      const opened = [...part.querySelectorAll("details[open] > summary")].map((one) => one.textContent.trim());
      if (part.outerHTML === now.outerHTML) continue;
      if (part.matches("input")) { part.value = now.value; continue; }
      part.innerHTML = now.innerHTML;
      part.className = now.className;
      for (const one of part.querySelectorAll("details > summary")) {
        if (opened.includes(one.textContent.trim())) one.parentElement.open = true;
      }
      // A choice that was made may be gone now: then the field it was about has the focus.
      if (inside) {
        const again = [...part.querySelectorAll("input, button, a")].find((one) => one.name === focused.name && one.value === focused.value);
        (again || part.closest(".row")?.querySelector("input:not([type=hidden]), textarea"))?.focus();
      }
    }
    for (const row of form.querySelectorAll(".row")) fill(row, byId(row.id, fresh), sent, focused);
    groups(fresh, sent, focused);
  }

  // Fields that nobody touched since take what the draft holds now: figures in their written form, a colleague's answers.
  function fill(row, now, sent, focused) {
    if (!now || row.closest("[data-group]")?.querySelector(".remove :checked")) return;
    for (const field of row.querySelectorAll("input:not([type=hidden]), textarea, select")) {
      if (!field.name || field.closest("[data-live]")) continue;
      const mirror = byId(field.id, now.ownerDocument);
      if (mirror?.hasAttribute("aria-invalid")) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (field === focused) continue;
      const twins = [...now.querySelectorAll("input, textarea, select")].filter((one) => one.name === field.name);
      if (field.type === "checkbox" || field.type === "radio") {
        const twin = twins.find((one) => one.value === field.value);
        if (twin && field.checked === sent.getAll(field.name).includes(field.value)) field.checked = twin.checked;
      } else if (twins.length && sent.getAll(field.name).some((value) => value.replace(/\r\n/g, "\n") === field.value)) {
        if (field.value !== twins[0].value) field.value = twins[0].value;
      }
    }
  }

  // Groups that a colleague added appear; those he removed go, unless something is being done in them here.
  function groups(fresh, sent, focused) {
    for (const block of form.querySelectorAll("[data-block]")) {
      const now = byId(block.id, fresh);
      if (!now) continue;
      const names = (root) => new Map([...root.querySelectorAll("[data-group]")].map((one) => [one.dataset.group, one]));
      const here = names(block), there = names(now);
      for (const [name, group] of here) {
        if (!there.has(name) && !group.querySelector(".remove :checked") && !group.contains(focused) && same(group, sent)) group.remove();
      }
      for (const [name, group] of there) if (!here.has(name)) block.querySelector(".add").before(group);
    }
  }
})();

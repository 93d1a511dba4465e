// What the console does in the browser beyond htmx. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const shown = (el) => el.getClientRects().length > 0;
  const remember = (name, value) => {
    document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
  };
  const say = (words) => {
    const ear = one("#announce");
    if (ear && ear.textContent !== words) ear.textContent = words;
  };

  // Theme: the cookie is read by the server, so the next page comes in the right colours at once.
  const setTheme = (theme) => {
    remember("theme", theme);
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    }
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = "";
    say(button.dataset.said);
    setTimeout(() => delete button.dataset.copied, 1500);
  };

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-set]");
    const copied = event.target.closest("[data-copy]");
    const keys = event.target.closest("[data-keys-set]");
    const opens = event.target.closest("[data-opens]");
    if (theme) { event.preventDefault(); setTheme(theme.dataset.themeSet); }
    if (copied) copy(copied);
    if (keys) { remember("keys", keys.dataset.keysSet); root.dataset.keys = keys.dataset.keysSet; one("#keys").close(); }
    if (opens) one(`#${opens.dataset.opens}`)?.showModal();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // Relative time on hover; the exact instant stays in datetime=.
  const steps = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [Infinity, "day", 86400]];
  const relative = (iso) => {
    const seconds = Math.round((Date.parse(iso) - Date.now()) / 1000);
    const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit);
    return new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" }).format(Math.round(seconds / size), unit);
  };
  document.addEventListener("mouseover", (event) => {
    const time = event.target.closest?.("time[datetime]");
    if (time) time.title = `${relative(time.dateTime)} · ${time.dateTime}`;
  });

  // Keyboard. An element names its own key in aria-keyshortcuts; j and k walk the rows.
  const walk = (by) => {
    const rows = [...document.querySelectorAll("a[data-row]")].filter(shown);
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
  };
  const press = (key) => {
    const owners = document.querySelectorAll(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
    const owner = [...owners].find(shown);
    if (!owner) return false;
    // A key that sends a form only reaches for its button: Enter, once read, sends it.
    if (owner.matches("input, textarea, select, [type=submit], form button")) owner.focus();
    else owner.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = one("details.menu[open]");
      if (menu) { menu.open = false; one("summary", menu).focus(); }
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") one("#keys")?.showModal();
    else if (root.dataset.keys === "off") return;
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (!press(event.key)) return;
    event.preventDefault();
  });

  // Polling: data-poll="<seconds>" with data-live="true" and hx-trigger="poll". Rests while the tab is hidden.
  const due = new WeakMap();
  const poll = () => {
    if (document.hidden || !window.htmx) return;
    const now = Date.now();
    for (const el of document.querySelectorAll('[data-poll][data-live="true"]')) {
      const pace = Number(el.dataset.poll) * 1000;
      if (!due.has(el)) due.set(el, now + pace);
      if (due.get(el) > now) continue;
      due.set(el, now + pace);
      window.htmx.trigger(el, "poll");
    }
  };
  setInterval(poll, 500);
  document.addEventListener("visibilitychange", poll);

  // An answer that changes nothing is not swapped in: no flicker, nothing closed, no focus lost.
  const last = new Map();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig.triggeringEvent?.type !== "poll") return;
    const body = detail.xhr.responseText;
    if (last.get(detail.target.id) === body) detail.shouldSwap = false;
    last.set(detail.target.id, body);
  });

  // What arrived is said by its headline, not read out as a whole.
  document.addEventListener("htmx:afterSettle", (event) => {
    const headline = event.target.closest("[data-announce]") || one("[data-announce]", event.target);
    if (headline) say(headline.textContent.trim());
  });

  const busy = (event, on) => {
    if (event.detail.requestConfig?.triggeringEvent?.type !== "poll") event.detail.target?.setAttribute("aria-busy", on);
  };
  document.addEventListener("htmx:beforeSend", (event) => busy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => busy(event, false));

  const trouble = () => {
    const note = one("#offline");
    if (note) one("#toasts").replaceChildren(note.content.cloneNode(true));
  };
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:afterOnLoad", () => one("#toasts")?.replaceChildren());

  // Forms: one submit each; the first error gets the focus.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.hasAttribute("hx-post")) return;
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(again, 10000); // a download leaves the page as it is
  });
  const again = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      one("button[aria-busy]", form)?.removeAttribute("aria-busy");
    }
  };
  window.addEventListener("pageshow", again);
  const focusError = (within) => one('[aria-invalid="true"]', within)?.focus();
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.triggeringEvent?.type === "submit") focusError(event.target);
  });
  document.addEventListener("DOMContentLoaded", () => focusError(document));
})();

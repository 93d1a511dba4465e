// "Try it" on the reference of the API. The key lives in its field and nowhere else.
(() => {
  "use strict";
  const key = document.querySelector("#api-key");
  const told = ["x-request-id", "idempotent-replayed", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"];

  const address = (form) => {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    for (const field of form.querySelectorAll("[data-name]")) {
      const { name, in: where } = field.dataset;
      if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(field.value));
      if (where === "query" && field.value) query.append(name, field.value);
    }
    return query.size ? `${path}?${query}` : path;
  };

  const headers = (form, hasBody) => {
    const found = new Headers();
    const { credential } = form.dataset;
    if (credential === "RuntimeKey") found.set("authorization", `Bearer ${key.value}`);
    else if (credential) found.set("x-admin-key", key.value);
    if (hasBody) found.set("content-type", "application/json");
    for (const field of form.querySelectorAll('[data-in="header"]')) {
      if (field.value) found.set(field.dataset.name, field.value);
    }
    return found;
  };

  const pretty = (text) => {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  const show = async (place, answer) => {
    const lines = told.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
    const body = element("pre", "code", pretty(await answer.text()));
    body.tabIndex = 0;
    place.replaceChildren(element("p", "num", `${answer.status} ${answer.statusText}`), element("p", "subtle", lines.join(" · ")), body);
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-try]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    const place = form.querySelector("[data-answer]");
    const body = form.querySelector('[data-in="body"]')?.value;
    button.setAttribute("aria-busy", "true");
    try {
      const options = { method: form.dataset.try, headers: headers(form, body !== undefined), body, credentials: "omit", cache: "no-store", redirect: "error" };
      await show(place, await fetch(address(form), options));
    } catch {
      place.replaceChildren(element("p", "", place.dataset.unreachable));
    } finally {
      button.removeAttribute("aria-busy");
    }
  });

  window.addEventListener("pagehide", () => { key.value = ""; });
})();

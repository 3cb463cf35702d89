"use strict";
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const make = (tag, className, of = "html") => {
    const node = of === "svg" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    node.setAttribute("class", className);
    return node;
  };

  // One tip for all charts: what is under the pointer, or under the arrow keys.
  const tip = make("div", "tip");
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.append(tip);
  const say = (text, x, y) => {
    const [first, ...rest] = text.split("\n");
    const head = make("b", "");
    head.textContent = first;
    tip.replaceChildren(head, ...rest.map((line) => { const p = make("span", ""); p.textContent = line; return p; }));
    tip.hidden = false;
    const wide = tip.offsetWidth, high = tip.offsetHeight;
    tip.style.left = `${Math.max(4, Math.min(x - wide / 2, innerWidth - wide - 4))}px`;
    tip.style.top = `${y - high - 14 < 4 ? y + 18 : y - high - 14}px`;
  };
  const hush = () => { tip.hidden = true; all(".cursor").forEach((line) => line.remove()); all(".dim").forEach((one) => one.classList.remove("dim")); };
  addEventListener("scroll", hush, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") hush(); });

  // Charts over time: the nearest bucket.
  for (const chart of all("svg[data-hints]")) {
    const hints = chart.dataset.hints.split("\n");
    const whens = (chart.dataset.whens ?? chart.closest("[data-whens]").dataset.whens).split("\n");
    const name = chart.dataset.whens === undefined ? chart.parentElement.querySelector("span").textContent + "\n" : "";
    let at = hints.length - 1;
    const show = (place, y) => {
      at = Math.max(0, Math.min(hints.length - 1, place));
      hush();
      const box = chart.getBoundingClientRect(), across = (at + 0.5) / hints.length;
      const line = make("line", "cursor", "svg");
      for (const [key, value] of [["x1", `${across * 100}%`], ["x2", `${across * 100}%`], ["y2", chart.dataset.plot ? +chart.dataset.above + +chart.dataset.plot : box.height]]) line.setAttribute(key, value);
      chart.append(line);
      say(`${name}${whens[at]}\n${hints[at]}`, box.left + across * box.width, y ?? box.top + 30);
    };
    chart.addEventListener("pointermove", (event) => {
      const box = chart.getBoundingClientRect();
      show(Math.floor((event.clientX - box.left) / box.width * hints.length), event.clientY);
    });
    chart.addEventListener("pointerleave", hush);
    chart.setAttribute("tabindex", "0");
    chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) show(at); });
    chart.addEventListener("blur", hush);
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
      if (step) { event.preventDefault(); show(Number.isFinite(step) ? at + step : step < 0 ? 0 : hints.length - 1); }
    });
  }

  // Marks with a tip of their own: rises, places, nodes; a node dims what it is not joined with.
  for (const one of all("[data-tip]")) {
    const show = () => {
      hush();
      const box = (one.querySelector("circle") ?? one).getBoundingClientRect();
      say(one.dataset.tip, box.left + box.width / 2, box.top);
      if (one.dataset.node === undefined) return;
      const net = one.closest("svg"), near = new Set([one.dataset.node]);
      for (const edge of all("[data-ends]", net)) {
        const ends = edge.dataset.ends.split(" "), isOurs = ends.includes(one.dataset.node);
        edge.classList.toggle("dim", !isOurs);
        if (isOurs) ends.forEach((end) => near.add(end));
      }
      for (const node of all("[data-node]", net)) node.classList.toggle("dim", !near.has(node.dataset.node));
    };
    one.addEventListener("pointerenter", show);
    one.addEventListener("pointerleave", hush);
    one.addEventListener("focusin", show);
    one.addEventListener("focusout", hush);
  }

  // Filters: what holds the words and is of the kind stays.
  for (const form of all("[data-finder]")) {
    const rows = all("[data-find]", form.closest("section")), count = form.querySelector("output");
    const words = form.querySelector("input"), kind = form.querySelector("select");
    const filter = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const isOn = wanted.length > 0 || Boolean(kind?.value);
      for (const row of rows) row.hidden = isOn && !(wanted.every((word) => row.dataset.find.includes(word)) && (!kind?.value || row.dataset.kind === kind.value));
      const table = form.parentElement.querySelector(":scope > details");
      if (isOn && table) table.open = true;
      const left = all("tr[data-find]", form.closest("section")).filter((row) => !row.hidden).length;
      count.textContent = isOn ? `${left} found` : "";
    };
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    filter();
  }

  // Pages of actors and topics: one of each kind at a time, named in the address.
  const desks = all(".pages").map((place) => ({ place, pages: all("[data-page]", place) })).filter((desk) => desk.pages.length);
  const open = (desk, page) => {
    for (const one of desk.pages) one.hidden = one !== page;
    for (const link of all(".index a", desk.place.parentElement)) {
      if (link.hash === `#${page.id}`) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  };
  const follow = (isStart) => {
    const id = decodeURIComponent(location.hash.slice(1));
    const desk = desks.find((one) => one.pages.some((page) => page.id === id));
    if (!desk) return;
    const page = desk.pages.find((one) => one.id === id);
    open(desk, page);
    page.focus({ preventScroll: true });
    const top = page.getBoundingClientRect().top;
    if (isStart || top < 0 || top > innerHeight * 0.6) page.scrollIntoView();
  };
  desks.forEach((desk) => open(desk, desk.pages[0]));
  addEventListener("hashchange", () => follow(false));
  follow(true);
  document.documentElement.dataset.drawn = all("svg").length;
})();

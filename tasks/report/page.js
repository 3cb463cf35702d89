"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const unpack = ({ rows, columns }) => Array.from({ length: rows }, (_, i) => Object.fromEntries(
    Object.entries(columns).map(([name, { of, at }]) => [name, at ? of[at[i]] : of[i]])));
  const specs = read("specs"), actors = read("actor-data"), wording = read("wording");
  for (const spec of Object.values(specs)) spec.datasets.rows = unpack(spec.datasets.rows);
  for (const actor of Object.values(actors)) actor.rows = unpack(actor.rows);
  const options = { renderer: "svg", actions: false, ast: true, tooltip: { theme: "custom" } };
  const views = {};

  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (className) node.className = className;
    return node;
  };

  const fillSamples = (place, rows) => {
    const list = make("ul", undefined, "samples");
    for (const row of rows) {
      const line = make("li"), title = make(row.url ? "a" : "span", row.title);
      if (row.url) { title.href = row.url; title.rel = "noreferrer noopener"; }
      const where = [row.source, row.day, row.copies].filter(Boolean).join(", ");
      line.append(title, " ", make("span", where, "where"));
      list.append(line);
    }
    place.replaceChildren(list);
  };

  const fillTable = (place, actor) => {
    place.querySelector("caption").textContent = `${actor.name}, share of reports`;
    place.querySelector("tbody").replaceChildren(...actor.rows.map((row) => {
      const line = make("tr"), head = make("th", row.when);
      head.scope = "row";
      const cells = [row.count, row.total, row.share_text, row.interval].map((text) => make("td", text, "num"));
      line.append(head, ...cells, make("td", row.gap ? "gap" : ""));
      return line;
    }));
  };

  const showActor = (id) => {
    const actor = actors[id];
    const line = `${actor.name} was named in ${actor.count}, and in ${actor.latest} of those of the last ${wording.bucket}.`;
    document.getElementById("actor-line").textContent = line;
    const companions = actor.companions.map((one) => {
      const row = make("li", `${one.name} `);
      row.append(make("span", `${one.count}, ${one.lift}×`, "where"));
      return row;
    });
    document.getElementById("actor-companions").replaceChildren(...(companions.length ? companions : [make("li", "nobody", "where")]));
    fillSamples(document.getElementById("actor-samples"), actor.samples);
    fillTable(document.getElementById("actor-table"), actor);
    if (views.actor) {
      views.actor.data("rows", structuredClone(actor.rows)).description(`Share of reports that name ${actor.name}, with a 95% interval`);
      return views.actor.runAsync();
    }
    return Promise.resolve();
  };

  const draw = async () => {
    for (const place of document.querySelectorAll("[data-chart]")) {
      const name = place.dataset.chart;
      const result = await vegaEmbed(place, specs[name], options);
      views[name] = result.view;
    }
    document.documentElement.dataset.drawn = Object.keys(views).length;
  };

  const chooser = document.getElementById("actor");
  if (chooser) {
    chooser.value = chooser.options[0].value;
    chooser.addEventListener("change", () => showActor(chooser.value));
  }
  window.addEventListener("beforeprint", () => Object.values(views).forEach((view) => view.resize().run()));
  draw();
})();

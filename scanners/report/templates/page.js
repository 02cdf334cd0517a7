"use strict";
(() => {
  const table = document.querySelector("table.all");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const tools = document.querySelector(".tools");
  const field = (name) => tools.querySelector(`[name=${name}]`);
  const said = tools.querySelector("output");
  tools.hidden = false;

  const columns = [...table.querySelectorAll("th[data-column]")];
  const value = (row, th) => {
    const text = row.cells[Number(th.dataset.column)].dataset.sort;
    return th.dataset.kind === "number" && text !== "" ? Number(text) : text;
  };
  function sort(th) {
    const first = th.dataset.kind === "number" ? "descending" : "ascending";
    const other = first === "descending" ? "ascending" : "descending";
    const order = th.getAttribute("aria-sort") === first ? other : first;
    columns.forEach((each) => each.setAttribute("aria-sort", each === th ? order : "none"));
    const sign = order === "ascending" ? 1 : -1;
    const compare = (a, b) => {
      const [x, y] = [value(a, th), value(b, th)];
      if (x === "" || y === "") return (x === "") - (y === ""); // what is not known comes last
      return sign * (typeof x === "number" ? x - y : x.localeCompare(y));
    };
    body.append(...[...rows].sort(compare));
  }
  columns.forEach((th) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    th.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(th));
  });

  function filter() {
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = ["level", "risk", "class", "phase"].map((name) => [name, field(name).value]);
    let shown = 0;
    for (const row of rows) {
      const text = row.dataset.text;
      const good = words.every((word) => text.includes(word)) && wanted.every(
        ([name, choice]) => choice === "" || row.dataset[name].split(" ").includes(choice));
      row.hidden = !good;
      shown += good;
    }
    said.value = `${shown} of ${rows.length} series shown`;
  }
  for (const kind of ["input", "change"]) tools.addEventListener(kind, filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", () => setTimeout(filter));
  field("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.target.value = ""; filter(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      field("search").focus();
    }
  });
  tools.reset();
  filter();
})();

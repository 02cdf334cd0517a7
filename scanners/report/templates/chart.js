"use strict";
(() => {
  const DAY = 86400, AXIS = 58, ROOM = 14;
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const box = document.querySelector(".chart"), panes = box.querySelector(".panes");
  const said = box.querySelector("output"), fits = box.querySelector("input[type=checkbox]");
  const stretch = box.querySelector(".stretch");
  const days = data.days, last = data.closes.length - 1;
  const x = days.map((day) => day * DAY);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const hue = data.fits.length && data.fits[0][6] > 0 ? "down" : "up"; // B > 0: a fall that slows
  const pad = (values) => values.concat(Array(days.length - values.length).fill(null));

  // The LPPLS formula on the sessions of the chart, a log price each; tau is floored as in the library.
  function curve([t1, t2, tc, m, omega, A, B, C1, C2]) {
    const end = Math.min(Math.max(tc, t2), t2 + days.length - 1 - last);
    return days.map((day, i) => {
      const t = data.calendar ? day - data.origin : data.origin + i;
      if (t < t1 || t > end) return null;
      const tau = Math.max(Math.abs(tc - t), 0.5), phase = omega * Math.log(tau);
      return A + tau ** m * (B + C1 * Math.cos(phase) + C2 * Math.sin(phase));
    });
  }

  // Round prices for a log axis: steps of 1, 2, 5 within a narrow range, times of them within a wide one.
  function rounds(low, high) {
    const found = [];
    if (high / low > 6) {
      for (let ten = 10 ** Math.floor(Math.log10(low)); ten <= high; ten *= 10)
        for (const part of high / low > 30 ? [1, 2, 5] : [1, 2, 3, 5, 7]) if (ten * part >= low && ten * part <= high) found.push(ten * part);
      return found;
    }
    const rough = (high - low) / 5, ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((part) => part * ten).find((each) => each >= rough);
    for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
    return found;
  }

  const price = (value) => value.toLocaleString("en-US", value >= 10 ? { maximumFractionDigits: 2,
    minimumFractionDigits: 2 } : { maximumSignificantDigits: 5 });
  const date = (seconds) => new Date(seconds * 1000).toLocaleDateString("en-GB",
    { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

  function words(i) {
    if (i > last) return [date(x[i]), "after the last close"];
    const found = [date(x[i]), `close ${price(data.closes[i])}`];
    if (data.up[i] === null) found.push("C not computed that day");
    else found.push(`C ${data.up[i].toFixed(2)}` + (data.down[i] >= 0.005 ? `, downward ${data.down[i].toFixed(2)}` : ""));
    if (data.levels[i]) found.push(`level ${data.levels[i]}`);
    if (data.chance[i] !== null) found.push(
      `chance of ${data.fall} ${Math.round(100 * data.chance[i])} in 100, usually ${Math.round(100 * data.usual[i])}`);
    return found;
  }

  const axis = (more) => ({ stroke: () => colour("muted"), grid: { stroke: () => colour("grid"), width: 1 },
    ticks: { show: false }, font: "12px system-ui, sans-serif", size: AXIS, gap: 4, ...more });
  const dates = (shown) => axis({ grid: { show: false }, size: shown ? 38 : 0, show: shown, space: 70 });
  const line = (name, more) => ({ stroke: () => colour(name), width: 1.4, points: { show: false }, ...more });

  function verticals(u) { // what lies behind the price: the interval of tc, and today
    const { left, top, width, height } = u.bbox, ctx = u.ctx;
    const at = (seconds) => Math.min(left + width, Math.max(left, u.valToPos(seconds, "x", true)));
    ctx.save();
    if (data.time.length && u === charts[0]) {
      const [low, middle, high] = data.time.map((day) => at(day * DAY));
      ctx.fillStyle = ctx.strokeStyle = colour("critical-time");
      ctx.globalAlpha = 0.16;
      ctx.fillRect(low, top, high - low, height);
      ctx.globalAlpha = 0.7;
      if (middle > left && middle < left + width) ctx.fillRect(middle, top, devicePixelRatio, height);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = colour("muted");
    const today = at(x[last]);
    if (today < left + width) for (let y = top; y < top + height; y += 8) ctx.fillRect(today, y, 1, 4);
    ctx.restore();
  }
  function thresholds(u) {
    u.ctx.save();
    for (const name of ["warning", "critical"]) {
      const y = u.valToPos(data[name], "y", true), { left, top, width, height } = u.bbox;
      if (!data[name] || y < top || y > top + height) continue;
      u.ctx.fillStyle = colour(name);
      u.ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
      u.ctx.textAlign = "left";
      u.ctx.textBaseline = "bottom";
      for (let k = left; k < left + width; k += 8 * devicePixelRatio) u.ctx.fillRect(k, y, 4 * devicePixelRatio, devicePixelRatio);
      u.ctx.fillText(name, left + 3, y - 1);
    }
    u.ctx.restore();
  }

  const charts = [];
  // Closes alone make the scale: a curve that shoots up to its tc leaves through the top.
  const scale = (low, high) => {
    low ??= Math.log(data.closes[last]);
    high ??= low;
    const span = Math.max(high - low, 0.02);
    return [low - 0.06 * span, high + 0.25 * span];
  };
  function pane(height, series, y, { range, bottom = false, hooks = {}, ...more }) {
    const options = {
      width: panes.clientWidth, height: () => height, pxAlign: 0, legend: { show: false }, padding: [6, ROOM, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, dist: 6 } },
      scales: { x: { time: true }, y: { range } },
      series: [{}, ...series.map(([, look]) => look)],
      axes: [dates(bottom), axis(more)],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      hooks: { drawClear: [verticals], draw: hooks.draw ? [hooks.draw] : [],
        setScale: [(u, key) => { if (key === "x") follow(u); }] },
    };
    const u = new uPlot({ ...options, height: height() }, [x, ...series.map(([values]) => pad(values))], panes);
    u.rows = height;
    charts.push(u);
  }

  let moving = false, here = last;
  function follow(from) { // one stretch of time for all panes
    if (moving) return;
    moving = true;
    const { min, max } = from.scales.x;
    for (const u of charts) if (u !== from) u.setScale("x", { min, max });
    moving = false;
    stretch.textContent = `${date(Math.max(x[0], min))} to ${date(max)}`;
    queueMicrotask(() => show(here)); // the crosshair stays at its session
  }
  const index = (event) => charts[0].posToIdx(event.clientX - charts[0].over.getBoundingClientRect().left);
  function show(i) { // one crosshair for all panes
    here = Math.max(0, Math.min(days.length - 1, i));
    for (const u of charts) u.setCursor({ left: u.valToPos(x[here], "x"), top: 10 }, false, false);
    const [when, ...rest] = words(here), bold = document.createElement("b");
    bold.textContent = when;
    said.replaceChildren(bold, ` \u00b7 ${rest.join(" \u00b7 ")}`);
  }
  function look(min, max) {
    const least = 10 * DAY, span = Math.min(x[x.length - 1] - x[0], Math.max(least, max - min));
    min = Math.min(Math.max(x[0], (min + max - span) / 2), x[x.length - 1] - span);
    charts[0].setScale("x", { min, max: min + span });
  }
  function zoom(factor, at) {
    const { min, max } = charts[0].scales.x;
    at ??= (min + max) / 2;
    look(at - factor * (at - min), at + factor * (max - at));
  }
  function step(by) {
    show(here + by);
    const { min, max } = charts[0].scales.x, now = x[here];
    if (now < min || now > max) look(now - (max - min) / 2, now + (max - min) / 2);
    show(here);
  }
  const recent = (length) => length ? look(x[last] - length * DAY, x[last] + 0.25 * length * DAY) : look(x[0], x[x.length - 1]);

  box.hidden = false;
  box.charts = charts; // for the console, and for tests
  const narrow = () => panes.clientWidth < 560;
  const tall = () => (narrow() ? 250 : 360), low = () => (narrow() ? 96 : 120);
  pane(tall, [
    ...data.fits.map((fit, k) => [curve(fit), line(data.qualified ? hue : "faint",
      k ? { auto: false, width: 0.9, alpha: 0.35 } : { auto: false, width: 2, dash: data.qualified ? [] : [5, 3] })]).reverse(),
    [data.closes.map(Math.log), line("ink", { width: 1.5 })],
  ], "price", {
    range: (u, min, max) => scale(min, max),
    splits: (u, k, min, max) => rounds(Math.exp(min), Math.exp(max)).map(Math.log),
    values: (u, splits) => splits.map((each) => Number(Math.exp(each).toPrecision(6)).toLocaleString("en-US")),
  });
  const alone = data.up.flatMap((value, i) => // sessions looked at between others that were not
    value !== null && (data.up[i - 1] ?? data.up[i + 1] ?? null) === null ? [i] : []);
  const share = (name) => line(name, { fill: () => colour(name) + "33",
    points: { show: alone.length > 0, filter: () => alone, size: 5, stroke: () => colour(name), fill: () => colour(name) } });
  const shares = (values) => values.filter((value) => value !== null);
  const most = Math.max(data.critical + 0.08, 0.3, ...shares(data.up)), least = Math.max(0.05, ...shares(data.down));
  pane(low, [
    [data.up, share("up")],
    [data.down.map((value) => value && -value), share("down")],
  ], "C", { range: () => [-1.15 * least, 1.1 * most], hooks: { draw: thresholds }, bottom: !data.fall,
    values: (u, splits) => splits.map((each) => Math.abs(each).toFixed(1)), space: 24 });
  if (data.fall) pane(low, [
    [data.usual.map((value) => value && 100 * value), line("muted", { spanGaps: true, dash: [4, 3] })],
    [data.chance.map((value) => value && 100 * value), line("risk", { spanGaps: true, width: 1.6 })],
  ], "chance", { range: (u, min, max) => [0, Math.max(10, 1.15 * (max || 0))], bottom: true, space: 24 });

  box.querySelectorAll("[data-span]").forEach((button) =>
    button.addEventListener("click", () => recent(Number(button.dataset.span))));
  box.querySelectorAll("[data-zoom]").forEach((button) =>
    button.addEventListener("click", () => zoom(Number(button.dataset.zoom))));
  fits?.addEventListener("change", () =>
    charts[0].batch((u) => data.fits.forEach((_, k) => u.setSeries(k + 1, { show: fits.checked }))));

  panes.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) step(event.shiftKey ? 20 * by : by);
    else if (event.key === "Home") step(-here);
    else if (event.key === "End") step(last - here);
    else if (event.key === "+" || event.key === "=") zoom(0.6, x[here]);
    else if (event.key === "-") zoom(1 / 0.6, x[here]);
    else if (event.key === "0" || event.key === "Escape") recent(0);
    else return;
    event.preventDefault();
  });
  panes.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // without it the page scrolls
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.8 : 1.25, charts[0].posToVal(charts[0].cursor.left, "x"));
  }, { passive: false });

  const fingers = new Map();
  panes.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, event.clientX);
  });
  panes.addEventListener("pointermove", (event) => {
    if (fingers.size < 2) show(index(event));
    else if (fingers.has(event.pointerId)) {
      const [a, b] = [...fingers.values()];
      fingers.set(event.pointerId, event.clientX);
      const [c, d] = [...fingers.values()];
      const factor = Math.abs(a - b) / Math.max(1, Math.abs(c - d));
      zoom(Math.min(1.5, Math.max(0.66, factor)), charts[0].posToVal((c + d) / 2 - charts[0].over.getBoundingClientRect().left, "x"));
    }
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"])
    panes.addEventListener(kind, (event) => fingers.delete(event.pointerId));

  let width = panes.clientWidth;
  new ResizeObserver(() => {
    if (panes.clientWidth === width || !panes.clientWidth) return;
    width = panes.clientWidth;
    for (const u of charts) u.setSize({ width, height: u.rows() });
  }).observe(panes);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((u) => u.redraw(false)));
  const still = document.querySelector("details.still");
  if (still) {
    still.open = false;
    addEventListener("beforeprint", () => { still.open = true; });
  }
  recent(narrow() ? 365 : 0);
  show(last);
})();

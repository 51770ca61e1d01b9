/**
 * The Logs tab of a workload's page: asks the API for lines and shows them, in one list or side by side.
 *
 * A block is what is placed at once: a line, or side by side all lines of a second. Blocks that are the same after
 * a refresh stay where they are, so that thousands of lines cost what is new.
 */
(function (mg) {
  "use strict";

  const FIELDS = ["pods", "containers", "having", "without", "regex", "level", "lines", "any_age", "previous"];
  const DEFAULTS = { level: "unknown", lines: "500" };
  const WIDE_PX = 1000;
  const END_PX = 24;
  const MARKS = { error: "err", warn: "warn" };
  const HEADS = ["msg", "message", "event", "error"];
  const ASIDE = new Set(["time", "ts", "timestamp", "@timestamp", "level", "severity", "lvl", "trace_id"]);
  const skip = () => window.dash_clientside.no_update;
  const byId = (name) => mg.byId(`mgl-${name}`);
  let shown = null;
  let last = "";
  let controller = null;
  let layout = "";
  let names = "";

  /** What the controls hold, as the address has it: null where it is the default. */
  function texts(values) {
    const found = {};
    FIELDS.forEach((name, n) => {
      const value = values[n];
      const text = Array.isArray(value) ? value.join(",") : value === true ? "1" : (value || "").toString();
      found[name] = !text || text === DEFAULTS[name] ? null : text;
    });
    return found;
  }

  function address(list, more) {
    const page = new URLSearchParams(location.search);
    const params = new URLSearchParams();
    for (const name of ["at", "window", "cluster", ...FIELDS]) if (page.get(name)) params.set(name, page.get(name));
    for (const [name, text] of Object.entries(more ?? {})) params.set(name, text);
    return `${list.dataset.twin}?${params}`;
  }

  async function load(list, isOther) {
    if (controller && !isOther) return;
    controller?.abort();
    const mine = (controller = new AbortController());
    list.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address(list), { signal: mine.signal, cache: "no-store" });
      const body = await response.json().catch(() => ({ title: `The dashboard answered ${response.status}` }));
      if (mine.signal.aborted || list !== byId("list")) return;
      if (response.ok) take(list, body);
      else fail(list, body);
    } catch {
      if (!mine.signal.aborted && list === byId("list")) fail(list, { title: "The dashboard does not answer", advice: "It is asked again at the next refresh." });
    } finally {
      if (controller === mine) controller = null;
      list.removeAttribute("aria-busy");
    }
  }

  /** What failed; lines that are there stay. */
  function fail(list, problem) {
    const words = [problem.title, [problem.detail, problem.advice].filter(Boolean).join(" ")].filter(Boolean);
    say(words, "failing");
    if (!shown) list.hidden = true;
  }

  function say(words, state) {
    const holder = byId("state");
    const text = words.join("\n");
    holder.dataset.state = state;
    if (holder.innerText !== text) holder.replaceChildren(...words.map((line) => mg.make("p", {}, line)));
  }

  function take(list, body) {
    shown = body;
    list.hidden = !body.lines.length;
    say([body.words], body.lines.length ? "ready" : "empty");
    byId("notes").replaceChildren(...body.notes.map((text) => mg.make("div", {}, text)));
    offer(body.pods);
    render(list);
  }

  /** Which pods and containers there are to choose from. */
  function offer(pods) {
    const found = [pods.map(({ name }) => name), [...new Set(pods.flatMap((pod) => pod.containers.map(({ name }) => name)))]];
    const text = JSON.stringify(found);
    if (text === names) return;
    names = text;
    const page = new URLSearchParams(location.search);
    ["pods", "containers"].forEach((name, n) => {
      const chosen = (page.get(name) ?? "").split(",").filter(Boolean);
      window.dash_clientside.set_props(`mgl-${name}`, { data: [...new Set([...found[n], ...chosen])] });
    });
  }

  const isSideBySide = (list) => list.dataset.side === "1" && list.clientWidth >= WIDE_PX && new Set(shown.lines.map((line) => line.is_proxy)).size > 1;

  /** Lines with a key each that stays the same from one refresh to the next. */
  function keyed(lines) {
    const seen = new Map();
    return lines.map((line) => {
      const key = `${line.at}|${line.pod}|${line.container}|${line.text}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return { line, key: `${key}|${count}` };
    });
  }

  function blocks(lines, isSide) {
    if (!isSide) return lines.map(({ line, key }) => ({ key, build: () => row(line) }));
    const bands = [];
    for (const one of lines) {
      const second = one.line.at === null ? "" : Math.floor(one.line.at);
      const band = bands.at(-1);
      if (band?.second === second) band.lines.push(one);
      else bands.push({ second, lines: [one] });
    }
    return bands.map(({ lines: own }) => ({ key: own.map(({ key }) => key).join("\n"), build: () => sides(own.map(({ line }) => line)) }));
  }

  function sides(lines) {
    const band = mg.make("div", { class: "mgl-band" });
    for (const isProxy of [false, true]) {
      const lane = mg.make("div", { class: "mgl-lane" });
      lane.append(...lines.filter((line) => line.is_proxy === isProxy).map(row));
      band.append(lane);
    }
    return band;
  }

  function render(list) {
    const isSide = isSideBySide(list);
    const isAtEnd = !list.childElementCount || list.scrollHeight - list.scrollTop - list.clientHeight < END_PX;
    const wanted = `${isSide}`;
    if (layout !== wanted) list.replaceChildren();
    layout = wanted;
    list.dataset.layout = isSide ? "side" : "one";
    list.dataset.pods = String(new Set(shown.lines.map(({ pod }) => pod)).size);
    const old = new Map([...list.children].map((element) => [element.mgKey, element]));
    let next = list.firstChild;
    const kept = blocks(keyed(shown.lines), isSide).map(({ key, build }) => {
      const element = old.get(key) ?? Object.assign(build(), { mgKey: key });
      old.delete(key);
      return element;
    });
    for (const element of old.values()) {
      if (element === next) next = element.nextSibling;
      element.remove();
    }
    for (const element of kept) {
      if (element === next) next = next.nextSibling;
      else list.insertBefore(element, next);
    }
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }

  const clock = (at) => (at === null ? "" : new Date(at * 1000).toISOString().slice(11, 23));

  function row(line) {
    const element = mg.make("div", { class: "mgl-row", tabindex: "-1", "data-level": line.level, "data-lane": line.is_proxy ? "proxy" : "app" });
    element.mgLine = line;
    const time = mg.make("time", {}, clock(line.at));
    if (line.at !== null) time.title = new Date(line.at * 1000).toISOString();
    const pod = mg.make("span", { class: "mgl-pod", title: `${line.pod}, ${line.container}` }, line.pod.split("-").at(-1));
    const mark = mg.make("span", MARKS[line.level] ? { class: `mg-mark mg-mark-${MARKS[line.level]}`, role: "img", "aria-label": line.level } : { class: "mgl-none" });
    const text = mg.make("span", { class: "mgl-text" });
    text.append(...(line.access ? request(line) : words(line)));
    if (line.left_out) text.append(mg.make("i", {}, ` … ${line.left_out.toLocaleString("en")} more characters`));
    element.append(time, mark, pod, text);
    return element;
  }

  /** A proxy's request in a few words: how it ended, which way it went, how long it took. */
  function request({ access }) {
    const ended = [access.code, access.flags].filter(Boolean).join(" ");
    const parts = [mg.make("b", { class: "mgl-code" }, ended || "–")];
    parts.push(mg.make("span", { class: "mgl-way" }, access.direction === "in" ? `from ${access.peer || "somebody"}` : `to ${access.peer || "somebody"}`));
    parts.push(mg.make("span", { class: "mgl-asked" }, [access.method, access.path].filter(Boolean).join(" ")));
    if (access.duration_ms !== undefined) parts.push(mg.make("span", { class: "mgl-took" }, `${access.duration_ms.toLocaleString("en")} ms`));
    if (access.meaning) parts.push(mg.make("span", { class: "mgl-means" }, access.meaning));
    return parts;
  }

  /** An application's line; of JSON first what it says, then the rest. */
  function words({ text }) {
    const told = parsed(text);
    const head = told && HEADS.find((name) => typeof told[name] === "string");
    if (!head) return [document.createTextNode(text)];
    const rest = Object.entries(told)
      .filter(([name]) => name !== head && !ASIDE.has(name))
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    return [document.createTextNode(`${told[head]} `), mg.make("span", { class: "mgl-rest" }, rest.join(" "))];
  }

  function parsed(text) {
    if (!text.startsWith("{")) return null;
    try {
      const told = JSON.parse(text);
      return told && typeof told === "object" ? told : null;
    } catch {
      return null;
    }
  }

  /** Where the trace of a line is to be found; none where it names none, or nobody is asked for traces. */
  function trace({ access, trace_id: id }) {
    const { by_trace: byTrace, by_request: byRequest } = shown.traces;
    if (id && byTrace) return [byTrace.replace("{id}", encodeURIComponent(id)), "Open its trace"];
    if (access?.request_id && byRequest) return [byRequest.replace("{id}", encodeURIComponent(access.request_id)), "Look for its trace"];
    return null;
  }

  /** Show what a line says in full, or no more. */
  function toggle(element) {
    const open = element.querySelector(".mgl-more");
    if (open) {
      open.remove();
      return;
    }
    const { mgLine: line } = element;
    const more = mg.make("div", { class: "mgl-more" });
    const link = trace(line);
    if (link) {
      const anchor = mg.make("a", { class: "mg-link", href: link[0] }, link[1]);
      anchor.addEventListener("click", mg.go);
      more.append(anchor);
    }
    const fields = mg.make("dl", {});
    const told = Object.entries(line.access ?? parsed(line.text) ?? {});
    // A line may hold fields of these names, too.
    for (const [name, value] of [["pod", line.pod], ["container", line.container], ...told]) {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      fields.append(mg.make("dt", {}, name.replaceAll("_", " ")), mg.make("dd", {}, text));
    }
    more.append(fields, mg.make("pre", {}, line.text));
    element.append(more);
    element.scrollIntoView({ block: "nearest" });
  }

  function step(list, from, by, isWanted) {
    const rows = [...list.querySelectorAll(".mgl-row")];
    let n = from ? rows.indexOf(from) + by : by > 0 ? 0 : rows.length - 1;
    while (rows[n] && !isWanted(rows[n])) n += by;
    rows[n]?.focus();
    rows[n]?.scrollIntoView({ block: "nearest" });
  }

  const all = () => true;
  const isError = (element) => element.dataset.level === "error";
  const KEYS = {
    ArrowDown: (list, from) => step(list, from, 1, all),
    ArrowUp: (list, from) => step(list, from, -1, all),
    Home: (list) => step(list, null, 1, all),
    End: (list) => step(list, null, -1, all),
    e: (list, from) => step(list, from, 1, isError),
    E: (list, from) => step(list, from, -1, isError),
    Enter: (list, from) => from && toggle(from),
  };

  document.addEventListener("keydown", (event) => {
    const list = byId("list");
    if (!list?.contains(event.target) || event.target.tagName === "A") return;
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    KEYS[event.key](list, event.target.closest(".mgl-row"));
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("#mgl-list .mgl-row");
    if (!element || event.target.closest(".mgl-more") || !getSelection().isCollapsed) return;
    toggle(element);
  });
  addEventListener("resize", () => {
    const list = byId("list");
    if (list && shown && String(isSideBySide(list)) !== layout) render(list);
  });

  Object.assign((window.dash_clientside.meshgraph = window.dash_clientside.meshgraph || {}), {
    /** Called by Dash when the tab is asked for, and with every choice: the controls in the order of FIELDS. */
    onLogs(asked, ...values) {
      const list = byId("list");
      if (!asked || !list || asked.path !== location.pathname || mg.byId("mg-detail").dataset.tab !== "logs") return skip();
      const [side, wrap] = values.slice(FIELDS.length);
      if (!list.dataset.started) {
        Object.assign(list.dataset, { started: "1" });
        [shown, layout, names, last] = [null, "", "", ""];
      }
      Object.assign(list.dataset, { side: side ? "1" : "0", wrap: wrap ? "1" : "0" });
      mg.setQuery(texts(values));
      const wanted = address(list);
      byId("download").href = address(list, { format: "text" });
      const key = `${asked.number} ${wanted}`;
      if (key !== last) load(list, !last.endsWith(` ${wanted}`));
      else if (shown) render(list);
      last = key;
      return skip();
    },
  });
})((window.meshgraph = window.meshgraph || {}));

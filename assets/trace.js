/**
 * One trace in the browser: its rows, which are folded, found and chosen, and the part of time that is looked at.
 *
 * Rows come from the page's JSON twin, column by column, in the order of the tree: the rows inside row r are r + 1 to
 * end[r] - 1. So folding is a leap, and nothing here knows a span's tags: those stay with the server.
 *
 *   trace          payload   a trace arrived
 *   trace-rows               rows were folded or opened
 *   trace-zoom               another part of time is looked at
 *   trace-chosen   row       another row is chosen, -1 for none
 *   trace-found              a search was answered
 */
(function (mg) {
  "use strict";

  const SHORTEST_US = 10;
  let payload = null;
  let folded = new Set();
  let shown = [];
  let found = [];
  let foundSet = new Set();
  let chosen = -1;
  let range = [0, 1];

  function listShown() {
    shown = [];
    const { end } = payload.rows;
    for (let row = 0; row < end.length; row = folded.has(row) ? end[row] : row + 1) shown.push(row);
  }

  /** Rows that hold a row, from the outside in. */
  function above(row) {
    const path = [];
    for (let at = payload.rows.parent[row]; at >= 0; at = payload.rows.parent[at]) path.unshift(at);
    return path;
  }

  function refold(next) {
    folded = next;
    listShown();
    mg.emit("trace-rows");
  }

  const hasRows = (row) => payload.rows.end[row] > row + 1;

  mg.trace = {
    /** The trace as the twin gave it; null before. */
    payload: () => payload,
    /** Rows that no fold hides, in their order. */
    shown: () => shown,
    /** Rows that the search found, in their order. */
    found: () => found,
    isFound: (row) => foundSet.has(row),
    chosen: () => chosen,
    /** Part of time that is looked at: microseconds from the trace's start. */
    range: () => range,
    isFolded: (row) => folded.has(row),
    hasRows,

    take(next) {
      payload = next;
      folded = new Set();
      found = [];
      foundSet = new Set();
      chosen = -1;
      range = [0, Math.max(1, payload.duration)];
      listShown();
      mg.emit("trace", payload);
    },
    drop() {
      payload = null;
    },

    fold(row, value = !folded.has(row)) {
      if (!hasRows(row) || value === folded.has(row)) return;
      const next = new Set(folded);
      if (value) next.add(row);
      else next.delete(row);
      refold(next);
    },
    /** Fold every row from a depth on; without one open all. */
    foldFrom(depth = Infinity) {
      const next = new Set();
      payload.rows.depth.forEach((own, row) => own >= depth && hasRows(row) && next.add(row));
      refold(next);
    },
    /** Open whatever hides a row. */
    reveal(row) {
      const hiding = above(row).filter((one) => folded.has(one));
      if (!hiding.length) return;
      const next = new Set(folded);
      for (const one of hiding) next.delete(one);
      refold(next);
    },

    choose(row) {
      if (row >= 0) mg.trace.reveal(row);
      if (row === chosen) return;
      chosen = row;
      mg.emit("trace-chosen", row);
    },
    /** Choose the next row, in a direction, of which something is true; around the end. */
    chooseNext(isWanted, step = 1) {
      const count = payload.rows.end.length;
      for (let tried = 1; tried <= count; tried += 1) {
        const row = (((chosen + step * tried) % count) + count) % count;
        if (isWanted(row)) return mg.trace.choose(row);
      }
      return undefined;
    },

    setFound(rows) {
      found = rows;
      foundSet = new Set(rows);
      mg.emit("trace-found");
    },

    zoom(from, to) {
      const whole = Math.max(1, payload.duration);
      const length = Math.min(whole, Math.max(SHORTEST_US, to - from));
      const start = Math.min(whole - length, Math.max(0, from));
      range = [start, start + length];
      mg.emit("trace-zoom");
    },
    /** Make the part looked at longer or shorter, around an instant. */
    zoomBy(factor, around = (range[0] + range[1]) / 2) {
      mg.trace.zoom(around - (around - range[0]) * factor, around + (range[1] - around) * factor);
    },
    zoomOut: () => mg.trace.zoom(0, payload.duration),
    isWhole: () => range[0] <= 0 && range[1] >= payload.duration,
  };

  /** A length of time in microseconds for a person: three digits, the unit that suits. */
  mg.microText = (us) => {
    const digits = (number) => String(Number(number.toPrecision(3)));
    const size = Math.abs(us);
    if (size < 1000) return `${Math.round(us)} µs`;
    return size < 999500 ? `${digits(us / 1000)} ms` : `${digits(us / 1e6)} s`;
  };
})((window.meshgraph = window.meshgraph || {}));

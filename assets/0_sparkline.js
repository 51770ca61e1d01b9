/** The last hour of a rate as a small line, for cells and cards: from zero up, a step without data is a gap. */
(function (mg) {
  "use strict";

  const WIDTH = 54;
  const HEIGHT = 22;
  const GROUND = HEIGHT - 1;

  function strokes(rates) {
    const top = Math.max(...rates.map((rate) => rate ?? 0)) || 1;
    const at = (rate, step) =>
      `${((step / (rates.length - 1)) * WIDTH).toFixed(1)} ${(GROUND - (rate / top) * (HEIGHT - 3)).toFixed(1)}`;
    let pen = "M";
    let path = "";
    rates.forEach((rate, step) => {
      if (rate === null) {
        pen = "M";
        return;
      }
      path += `${pen}${at(rate, step)}`;
      pen = "L";
    });
    return path;
  }

  function words(rates) {
    const most = Math.max(0, ...rates.map((rate) => rate ?? 0));
    return rates.length ? `Last hour, from 0 to ${Number(most.toPrecision(3))} rps` : "";
  }

  mg.sparkline = { WIDTH, HEIGHT, GROUND, strokes, words };
})((window.meshgraph = window.meshgraph || {}));

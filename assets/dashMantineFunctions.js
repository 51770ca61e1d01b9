/** Functions that charts may call; the chart components look them up by name. */
window.dashMantineFunctions = window.dashMantineFunctions || {};

/** Number on an axis or in a tooltip, with three significant digits. */
window.dashMantineFunctions.meshgraphChartNumber = (value) =>
  value === null || value === undefined ? "–" : Number(value).toLocaleString("en", { maximumSignificantDigits: 3 });

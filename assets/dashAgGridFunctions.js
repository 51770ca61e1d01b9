/** Functions that the table's column definitions may call; ag-grid looks them up by name. */
window.dashAgGridFunctions = window.dashAgGridFunctions || {};

/** Number with three significant digits; a dash where nothing is known, never a zero. */
window.dashAgGridFunctions.meshgraphNumber = (value) => {
  if (value === null || value === undefined) return "–";
  if (value === Infinity) return "> top bucket";
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
};

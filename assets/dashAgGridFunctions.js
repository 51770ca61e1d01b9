/** Functions that the table's column definitions may call; ag-grid looks them up by name. */
window.dashAgGridFunctions = window.dashAgGridFunctions || {};

/** Number with three significant digits; a dash where nothing is known, never a zero. */
window.dashAgGridFunctions.meshgraphNumber = (value) => {
  if (value === null || value === undefined) return "–";
  if (value === Infinity) return "> top bucket";
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
};

/** Order of two names in which 2 comes before 10. */
window.dashAgGridFunctions.meshgraphNatural = ({ valueA, valueB }) =>
  String(valueA ?? "").localeCompare(String(valueB ?? ""), "en", { numeric: true, sensitivity: "base" });

/** Bytes per second in powers of 1,000; a dash where nothing is known. */
window.dashAgGridFunctions.meshgraphBytes = (value) => {
  if (value === null || value === undefined) return "–";
  const step = [[1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([size]) => Math.abs(value) >= size) ?? [1, ""];
  return `${Number((value / step[0]).toPrecision(3))}${step[1]}`;
};

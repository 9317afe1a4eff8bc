// Where an axis ends, so that its top and its middle are round figures.

const ROUND = [1, 2, 5, 10];
/** Beyond ten seconds people count in minutes. */
const SECONDS = [20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** The next of 1, 2 or 5 with zeros; `least` is the top of an axis without values. */
function niceTop(value, least) {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ROUND.map((factor) => factor * power).find((one) => one >= wanted) ?? wanted;
}

export function topOfCounts(value) {
  return niceTop(value, 2);
}

export function topOfSeconds(value) {
  return value <= 10 ? niceTop(value, 0.01) : (SECONDS.find((one) => one >= value) ?? value);
}

// The exact (Clopper–Pearson) one-sided upper bound on a dataset's defect rate, given the rows that were read.
// There is no correction for finite populations, so the bound is on the safe side and equals the one in textbooks.

/** The confidence of every bound that lorch shows. */
const confidence = 0.95;

/**
 * The defect rate that `defects` in `rows` uniformly drawn rows do not exceed, with 95 % confidence: the p at which
 * so few defects or fewer have a chance of 5 %. 1 if every row is a defect or none was read.
 */
export function upperBound(defects: number, rows: number): number {
  if (rows <= 0 || defects >= rows) return 1;
  const alpha = 1 - confidence;
  if (defects <= 0) return -Math.expm1(Math.log(alpha) / rows);
  // P(X ≤ defects | p) falls as p grows; halving the interval 60 times leaves less than 1e-18 of it.
  let low = defects / rows;
  let high = 1;
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (atMost(defects, rows, middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** How many more rows, all of them clean, bring the bound to `limit`; 0 if it is there already. */
export function cleanRowsToLimit(defects: number, rows: number, limit: number): number {
  if (upperBound(defects, rows) <= limit) return 0;
  let step = 1;
  while (upperBound(defects, rows + step) > limit) {
    step *= 2;
    if (step > 1e12) return Number.POSITIVE_INFINITY;
  }
  let [low, high] = [Math.floor(step / 2), step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (upperBound(defects, rows + middle) > limit) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X ≤ k) for X binomial(n, p): 1 − I_p(k + 1, n − k). */
function atMost(k: number, n: number, p: number): number {
  return regularisedBeta(1 - p, n - k, k + 1);
}

/** I_x(a, b), by its continued fraction if that converges fast, else by the mirrored one. */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

// The continued fraction DLMF 8.17.22, evaluated by Lentz's method; about √max(a, b) terms are needed.
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 100_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-15) return result;
  }
  throw new Error(`the incomplete beta function did not converge for ${a}, ${b}`);
}

// ln Γ(z) for z ≥ 1: Stirling's series (DLMF 5.11.1), after moving z up to 10 where its terms are below 1e-16.
function logGamma(z: number): number {
  let shift = 0;
  let at = z;
  while (at < 10) {
    shift += Math.log(at);
    at += 1;
  }
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

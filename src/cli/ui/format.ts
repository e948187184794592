// Formats numbers for people.

/** 1.2 s, 3 m 05 s, 2 h 10 m. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} m`;
}

/** 1.5 GiB; binary units, as GPUs are sold and measured. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0
    ? `${value} B`
    : `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 13,631,488. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** Four significant digits; tiny and huge values in exponent form. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return formatCount(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6
    ? String(Number(value.toPrecision(4)))
    : Number(value.toPrecision(3)).toExponential().replace('e+', 'e');
}

/** 12.3 %. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (100 * part) / whole;
  return `${share > 0 && share < 1 ? share.toFixed(4) : share.toFixed(1)} %`;
}

/** 3 m ago. */
export function formatAge(ms: number): string {
  return ms < 1000 ? 'now' : `${formatDuration(ms).replace(/ \d+ s$/, '')} ago`;
}

// Text from a dataset on a page.

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Characters that a browser drops or obeys: controls except tab and line feed, invisible characters, direction marks.
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must be seen
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as HTML text or attribute value; invisible characters are written as escapes. */
export function escapeHtml(text: string): string {
  const spelt = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text
    .replace(/[&<>"']/g, (c) => entities[c] ?? c)
    .replace(unseen, spelt)
    .replace(loneSurrogate, spelt);
}

/**
 * The UTF-16 unit of a text, as `text.charCodeAt(at)`, for loops over whole texts. V8 looks the method up by the inner
 * form of the text (joined, sliced, two-byte …) and gives up after four forms, which made such loops four times as slow.
 */
export const unitAt: (text: string, at: number) => number = Function.prototype.call.bind(
  String.prototype.charCodeAt,
);

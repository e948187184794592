// Which script a text is written in, by counting letters; ranges of Unicode's blocks.
import { unitAt } from './unit-at.ts';

export type Script =
  | 'Latin'
  | 'Cyrillic'
  | 'Greek'
  | 'Chinese'
  | 'Japanese'
  | 'Korean'
  | 'Arabic'
  | 'Hebrew'
  | 'Thai'
  | 'Devanagari';

const budget = 4_000;

/** The script that at least `share` of the letters are of; null if none is, or fewer than `least` letters stand there. */
export function mainScript(text: string, share: number, least: number): Script | null {
  let latin = 0;
  let cyrillic = 0;
  let greek = 0;
  let han = 0;
  let kana = 0;
  let hangul = 0;
  let arabic = 0;
  let hebrew = 0;
  let thai = 0;
  let devanagari = 0;
  const end = Math.min(text.length, budget);
  for (let i = 0; i < end; i += 1) {
    const code = unitAt(text, i);
    if (code < 0x250) {
      if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code >= 0xc0) latin += 1;
    } else if (code >= 0x4e00 && code < 0xa000) han += 1;
    else if (code >= 0x3040 && code < 0x3100) kana += 1;
    else if (code >= 0x400 && code < 0x530) cyrillic += 1;
    else if (code >= 0x370 && code < 0x400) greek += 1;
    else if (code >= 0xac00 && code < 0xd7b0) hangul += 1;
    else if (code >= 0x600 && code < 0x780) arabic += 1;
    else if (code >= 0x590 && code < 0x600) hebrew += 1;
    else if (code >= 0xe00 && code < 0xe80) thai += 1;
    else if (code >= 0x900 && code < 0x980) devanagari += 1;
  }
  // One Han character says about as much as two letters.
  const japanese = kana > 0 && kana * 10 > han ? (kana + han) * 2 : 0;
  const counts: [Script, number][] = [
    ['Latin', latin],
    ['Chinese', japanese > 0 ? 0 : (han + kana) * 2],
    ['Japanese', japanese],
    ['Cyrillic', cyrillic],
    ['Greek', greek],
    ['Korean', hangul * 2],
    ['Arabic', arabic],
    ['Hebrew', hebrew],
    ['Thai', thai],
    ['Devanagari', devanagari],
  ];
  let all = 0;
  let most: [Script, number] = ['Latin', 0];
  for (const each of counts) {
    all += each[1];
    if (each[1] > most[1]) most = each;
  }
  return most[1] >= least && most[1] >= share * all ? most[0] : null;
}

const letters: Record<Script, RegExp> = {
  Latin: /\p{Script=Latin}/gu,
  Cyrillic: /\p{Script=Cyrillic}/gu,
  Greek: /\p{Script=Greek}/gu,
  Chinese: /\p{Script=Han}/gu,
  Japanese: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  Korean: /\p{Script=Hangul}/gu,
  Arabic: /\p{Script=Arabic}/gu,
  Hebrew: /\p{Script=Hebrew}/gu,
  Thai: /\p{Script=Thai}/gu,
  Devanagari: /\p{Script=Devanagari}/gu,
};

/** Whether a text holds more than a few letters of a script. */
export function holdsScript(text: string, script: Script): boolean {
  return (text.slice(0, budget).match(letters[script])?.length ?? 0) > 5;
}

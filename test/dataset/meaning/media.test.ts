// Rows that come with pictures, sound or film.
import { describe, expect, it } from 'vitest';
import { findMediaMark, holdsMedia, isMediaField } from '../../../src/dataset/meaning/media.ts';
import { scanText } from '../scan-text.ts';

const scan = async (...rows: object[]) => {
  const { findings, kept } = await scanText(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return {
    kept: kept.length,
    found: findings.filter(({ code }) => code === 'D040').map(({ at }) => at?.pointer),
  };
};
const flat = { instruction: 'What is shown?', output: 'A company logo in red.' };

describe('a field of media', () => {
  it.each([
    ['image', 'a.png'],
    ['images', ['a.png', 'b.png']],
    ['images', 'a.png'],
    ['images', "['a.png']"],
    ['Image', 'coco/000123'],
    ['image_path', '/data/a 1.jpg'],
    ['image_url', 'https://example.org/a?size=2'],
    ['imageUrls', ['https://example.org/a']],
    ['picture', { path: 'a.jpg', bytes: null }],
    ['photo', { bytes: 'aGVsbG8x', path: null }],
    ['audio', { array: [0.1, 0.2], sampling_rate: 16000, path: null }],
    ['audios', ['a.wav']],
    ['sound', 'bell.mp3'],
    ['video', 'clip.mp4'],
    ['videos', [['1.jpg', '2.jpg']]],
    ['pixel_values', [[0.1, 0.2]]],
    ['image', 'data:image/png;base64,iVBORw0KGgo='],
    ['screenshot', '12.webp'],
    ['media', 'shots/a.png'],
    ['media', [{ type: 'image', url: 'https://example.org/1' }]],
    ['file', 'a.wav'],
    ['files', ['a.png', 'b.jpg']],
    ['file_name', 'coco/0001.jpg'],
    ['attachments', ['report.pdf', 'scan.png']],
    ['attachment', { name: 'scan', url: 'https://example.org/scan' }],
    ['audio_path', 'a.flac'],
    ['video_path', '/data/clip.mp4'],
    ['media_url', 'https://example.org/a.mp4?t=2'],
    ['file', 'data:image/png;base64,iVBORw0KGgo='],
    ['file', { path: 'x/1.png', bytes: null }],
  ])('is an error: %s %j', async (key, value) => {
    expect(await scan({ ...flat, [key]: value })).toEqual({ kept: 0, found: [`/${key}`] });
  });

  it.each([
    ['image', null],
    ['image', ''],
    ['images', []],
    ['images', [null]],
    ['image', { bytes: null, path: null }],
    ['audio', 'none'],
    ['audio', { path: '', array: [], sampling_rate: null }],
    ['image', false],
    ['picture', 'A brown dog on a meadow'],
    ['sound', 'loud'],
    ['image_description', 'dog.png shows a dog'],
    ['imagery', 'a.png'],
    ['source', 'a.png'],
    ['visual', 'no'],
    ['file', 'src/main.py'],
    ['file', 'assets/icon.svg'],
    ['files', ['src/a.py', 'logo.png']],
    ['files', [{ path: 'a.md', content: 'It shows logo.png' }]],
    ['file_path', 'docs/readme.md'],
    ['media', 'newspaper'],
    ['media', 'https://example.org/news/12'],
    ['attachments', []],
    ['attachment', null],
    ['attachment', 'secure'],
    ['chart', 'bar'],
    ['speech', 'The speech of 1863 was short.'],
    ['video_id', 'a1B2c3'],
  ])('says nothing: %s %j', async (key, value) => {
    expect(await scan({ ...flat, [key]: value })).toEqual({ kept: 1, found: [] });
  });

  it('is one finding with its mark and its part', async () => {
    const user = (content: unknown) => ({
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: 'A logo.' },
      ],
      images: ['a.png'],
    });
    expect((await scan(user('<image>What is it?'))).found).toEqual(['/images']);
    expect((await scan(user([{ type: 'image' }, { type: 'text', text: 'What is it?' }]))).found).toEqual([
      '/messages/0/content/0',
    ]);
  });

  it('can be switched off where it is not needed', async () => {
    const { findings, kept } = await scanText(`${JSON.stringify({ ...flat, image: 'a.png' })}\n`, {
      checks: { D040: 'off' },
    });
    expect([kept.length, findings.filter(({ code }) => code === 'D040')]).toEqual([1, []]);
  });

  it('knows its names', () => {
    expect(['image', 'IMAGE URL', 'inputImages', 'wav', 'frames'].map(isMediaField)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['imagination', 'photosynthesis', 'video_title', 'sounds_like'].map(isMediaField)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(holdsMedia({ sampling_rate: 16_000 })).toBe(false);
  });
});

describe('a mark in a prompt', () => {
  it.each([
    '<image>\nWhat colour is the car?',
    'How many dogs are there?\n<image>',
    '<image>What is shown here?',
    '<image> What is shown here?',
    'What is shown here? <image>',
    'Describe it: <image>',
    '<image><image>Which one is larger?',
    '<video>\nWhat happens?',
    '<audio>Transcribe it.',
    '<image>图中有什么？',
    '<|vision_start|><|image_pad|><|vision_end|>What is it?',
    'What is it?<|image_1|>',
    '[IMG]What is it?',
    '<start_of_image> Describe this.',
    '<IMAGE>\nWhat is it?',
    'Picture 1: <img>cats/1.jpg</img>\nWhat is it?',
    '<audio>bell.wav</audio>What is heard?',
    '[IMAGE]\nWhat is shown?',
    '[image] What is shown?',
    'What is shown?\n[Image 1]',
    '[img] What is shown?',
    '[VIDEO]',
    '{{image}}\nWhat is shown?',
    'What is shown? {{ image }}',
    'Compare <image_1> with <image_2>.',
    '(<image>./</image>)\nWhat is shown?',
  ])('stands for what is not shown: %j', (text) => {
    expect(findMediaMark(text)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    'What does the <image> element of SVG do?',
    'Explain the `<image>` mark.',
    'Write a page with <video> and <audio>.',
    '```html\n<video>\n<source src="a.mp4">\n</video>\n```\nWhat does it do?',
    '<video>\n  <source src="a.mp4">\n</video>\nFix this.',
    '<image> is deprecated. Why?',
    '<svg><image href="a.png"/></svg>',
    'What does the tag do?\n<video>',
    'Is a "<|image_pad|>" a token of this model?',
    'a < b and [1, 2] > [imgs]',
    '[IMPORTANT] read <this>',
    'Which <img> sizes are best for a web page in HTML?',
    'Shorten it.\nThe fair opens.\n[IMAGE]\nIt ends on Sunday.',
    '[image] is the name of my folder.',
    'What does the template {{image}} hold? {{image}}',
    'Fill the page: <h1>Menu</h1>\n[IMAGE]',
    'The array is called data[image]',
    '[Images of the sea] is the title.',
  ])('is only spoken of: %j', (text) => {
    expect(findMediaMark(text)).toBe(-1);
  });

  it('is found in everyday rows too, which are read another way', async () => {
    const text = [
      'What is it?',
      '<image>\nWhat is it?',
      'A [1] and <b>',
      '[IMG] What is it?',
      '{{image}} What is it?',
    ]
      .map((instruction) => `${JSON.stringify({ instruction, output: 'It is a red logo.' })}\n`)
      .join('');
    const all = await scanText(text);
    const structure = await scanText(text, { checks: { D040: 'error' } });
    expect(all.kept.map(({ row }) => row)).toEqual([0, 2]);
    expect(structure.kept.map(({ row }) => row)).toEqual([0, 2]);
  });

  it('is looked for in hostile texts, too', () => {
    expect(findMediaMark('<image> '.repeat(200_000))).toBe(0);
    expect(findMediaMark('<image'.repeat(200_000))).toBe(-1);
    expect(findMediaMark(`x ${'<image>\t'.repeat(100_000)}a`)).toBe(-1);
  });
});

import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const placeholder =
  /第[XＸxｘ×]{1,3}[条章款项]|[XＸ×]{2,}(?:公司|市|省|县|区|路|年|月|日|先生|女士|大学|法院)|某某(?:公司|市|大学|先生|女士)|[【［[](?:请?(?:填写|输入|插入)[^】］\]]{0,20}|(?:您的|你的)?(?:姓名|公司名称|日期|地址|电话|职位|邮箱))[】］\]]|（此处(?:填写|插入)[^）]{0,20}）/;
const asksForForm =
  /模板|范本|格式|合同|协议|起草|撰写|写|脚本|收据|生成|创建|设计|信|邮件|简历|申请|例子|示例|填/;

export const letterPlaceholder: Check = {
  code: 'D261',
  name: 'letter-placeholder',
  severity: 'warning',
  group: 'content',
  title: 'A Chinese answer has letters in place of a name or a number.',
  prose:
    'The answer holds 第X条, XX公司, 某某公司, 【请填写】 or the like, and the prompt neither holds it nor asks for a form or a letter: the name or number was removed or never known, and the model learns to leave it out.',
  hint: 'write the name or number, or drop the row',
  bad: [
    {
      text: '{"instruction":"这样合法吗？","input":"","output":"根据《民事诉讼法》第X条规定，当事人应当提供送达地址。"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"请写一封辞职信的模板。","input":"","output":"尊敬的领导：本人【姓名】，现申请辞职。"}',
    '{"instruction":"这样合法吗？","input":"","output":"根据《民事诉讼法》第八十七条规定，可以用电子方式送达。"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.eastAsian) === 0) continue;
      const found = placeholder.exec(answer.text);
      if (!found || answer.prompt.includes(found[0]) || asksForForm.test(answer.prompt)) continue;
      report(spotOf(answer, found.index), `The answer holds the placeholder ${found[0]}.`);
    }
  },
};

import type { Check } from '../check.ts';

export const dividedGroup: Check = {
  code: 'D170',
  name: 'divided-group',
  severity: 'warning',
  raisedBy: ['dataset/groups/split-watch.ts'],
  group: 'consistency',
  foundBy: 'lorch data split DATASET',
  title: 'Rows with the same value of a field are on both sides of the split.',
  prose:
    'Rows of one conversation, document or user say much the same, so if the model was trained on rows of the same group, the validation loss is too good. The check looks at fields whose names say that rows belong together, such as `conversation_id`, `document_id`, `user_id`, `session_id` and `source_url`, in the row or one level deeper. With `group_by: FIELD` all rows of one value stay on one side; each row without a value is a group of its own.',
  hint: 'dataset.validation.group_by: FIELD, or `lorch data split --group-by FIELD`',
  bad: [],
  good: [],
};

import type { Check } from './check.ts';

export const dividedGroup: Check = {
  code: 'D170',
  name: 'divided-group',
  severity: 'warning',
  group: 'consistency',
  foundBy: 'lorch data split DATASET',
  title: 'Rows with one value of a field stand on both sides of the split.',
  prose:
    'Rows of one conversation, document or user say much the same, so a validation row tells little if the model was trained on its neighbours: the validation loss looks better than the model is. Looked at are fields whose names say that rows belong together, such as `conversation_id`, `document_id`, `user_id`, `session_id` and `source_url`, in the row or one level deeper. With `group_by: FIELD` all rows of one value stay on one side; rows without a value are groups of their own.',
  hint: 'dataset.validation.group_by: FIELD, or `lorch data split --group-by FIELD`',
  bad: [],
  good: [],
};

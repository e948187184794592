// The methods, by the names that configs and plans use. Each is a recipe of that name in the trainer's methods/.
import { z } from 'zod';

/** What each method learns, as docs/config.md says it. */
export const methods: Readonly<Record<string, string>> = {
  sft: 'supervised fine-tuning, which learns the tokens that `dataset.train_on` chooses',
};

/** The method of plans of earlier versions, and of commands that have no config. */
export const usualMethod = 'sft';

export const method = z.enum(Object.keys(methods)).default(usualMethod);

// What datasets call the fields of a prompt and its answer, the most usual name first.

export const promptKeys: readonly string[] = ['instruction', 'prompt', 'question', 'query'];
export const inputKeys: readonly string[] = ['input', 'context'];
export const answerKeys: readonly string[] = ['output', 'response', 'completion', 'answer'];
export const listKeys: readonly string[] = ['messages', 'conversations', 'conversation'];
export const systemKeys: readonly string[] = ['system', 'system_prompt'];
export const historyKeys: readonly string[] = ['history'];
export const toolsKeys: readonly string[] = ['tools', 'functions'];

// Names that datasets use for fields, in addition to those of the known formats. Only letters and digits are compared, so
// that "System Prompt", "system_prompt" and "System prompt:" are the same name.

/** A field's name in lower case without signs. plainName keeps signs, because they may be a verdict, such as 👎. */
export function bareName(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

const words = (list: string): string[] => list.split(' ');

/** Names that are certain, then names that are likely. The first list is that of the known formats. */
export const promptWords = [
  words('instruction prompt question query'),
  words(
    'problem inputs input source src user human request task q userprompt usermessage userinput userquery inputtext sourcetext humanmessage questiontext prompttext instructions prompts questions queries message',
  ),
];
export const answerWords = [
  words('output response completion answer'),
  words(
    'target targets tgt solution reply assistant bot gpt a outputs responses completions answers assistantresponse assistantmessage modelresponse modeloutput gptresponse botresponse airesponse responsetext outputtext targettext answertext generation generatedtext expectedoutput expectedresponse expectedanswer correctanswer bestanswer idealresponse attempt summary result label',
  ),
];
/** Endings of longer names, such as deepseek_solution. */
export const answerEnds = words('solution answer response output completion reply');
export const promptEnds = words('question instruction prompt query problem');
export const inputWords = words('input context');
export const systemWords = words(
  'system systemprompt sysprompt systemmessage systeminstruction systeminstructions preamble',
);
export const historyWords = words('history chathistory');
export const toolsWords = words(
  'tools functions functionsjson toolsjson toolschema toolschemas tooldefinitions availabletools functiondefinitions',
);
export const reasoningWords = words(
  'reasoning reasoningcontent thinking think thought thoughts cot chainofthought thinkingtrajectories thinkingtrajectory reasoningtrace',
);
export const reasoningEnds = words('reasoning thinking thinkingtrajectory');
/** Names of lists whose texts are turns. */
export const conversationWords = words(
  'messages conversations conversation dialogue dialog dialogues dialogs turns chat chats thread convo convos utterances exchange items',
);
/** Names without a meaning; the name one level above counts. */
export const emptyWords = words('content value text message body data values result results');

/** Compared answers; `sure`: names that cannot mean anything else. */
export const sideWords: readonly { chosen: string; rejected: string; sure: boolean }[] = [
  { chosen: 'chosen', rejected: 'rejected', sure: true },
  { chosen: 'chosenmessages', rejected: 'rejectedmessages', sure: true },
  { chosen: 'chosenresponse', rejected: 'rejectedresponse', sure: true },
  { chosen: 'chosenanswer', rejected: 'rejectedanswer', sure: true },
  { chosen: 'chosenoutput', rejected: 'rejectedoutput', sure: true },
  { chosen: 'responsechosen', rejected: 'responserejected', sure: true },
  { chosen: 'preferredoutput', rejected: 'nonpreferredoutput', sure: true },
  { chosen: 'preferred', rejected: 'nonpreferred', sure: true },
  { chosen: 'preferred', rejected: 'dispreferred', sure: true },
  { chosen: 'preferredresponse', rejected: 'dispreferredresponse', sure: true },
  { chosen: 'accepted', rejected: 'rejected', sure: true },
  { chosen: 'better', rejected: 'worse', sure: false },
  { chosen: 'betterresponse', rejected: 'worseresponse', sure: false },
  { chosen: 'winner', rejected: 'loser', sure: false },
  { chosen: 'win', rejected: 'lose', sure: false },
  { chosen: 'positive', rejected: 'negative', sure: false },
  { chosen: 'good', rejected: 'bad', sure: false },
  { chosen: 'responsej', rejected: 'responsek', sure: false },
];

/** Fields of a turn: who speaks, and what is said. */
export const speakerWords = words(
  'role from speaker author sender who by participant actor party name user type label side',
);
export const speechWords = words('content value text message utterance parts body msg say said');

/** Words for speakers that nearly always mean one side; a person should check. */
export const likelyRoles: ReadonlyMap<string, 'user' | 'assistant'> = new Map([
  ...words(
    'customer client patient student caller visitor guest person asker questioner requester buyer learner usr speaker1 speakera user1 seeker h u q 0 false',
  ).map((word): [string, 'user'] => [word, 'user']),
  ...words(
    'agent doctor therapist counselor counsellor teacher tutor operator representative support advisor adviser expert helper seller instructor answerer responder rep llm claude gemini llama copilot assistant1 speaker2 speakerb supportagent customerservice a s 1 true',
  ).map((word): [string, 'assistant'] => [word, 'assistant']),
]);

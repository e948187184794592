// All checks in the order of their codes. Pages, fixture tests and `lorch explain` are made from this list.
import type { CodeDoc } from '../../diagnostics/finding.ts';
import { datasetErrorCodes } from '../codes.ts';
import type { Check } from './check.ts';
import { benchmarkLeak } from './consistency/benchmark-leak.ts';
import { codeFences } from './consistency/code-fences.ts';
import { conflictingAnswers } from './consistency/conflicting-answers.ts';
import { dividedConversation } from './consistency/divided-conversation.ts';
import { dividedGroup } from './consistency/divided-group.ts';
import { fewRows } from './consistency/few-rows.ts';
import { finalPunctuation } from './consistency/final-punctuation.ts';
import { foreignAnswer } from './consistency/foreign-answer.ts';
import { genericAnswer } from './consistency/generic-answer.ts';
import { headings } from './consistency/headings.ts';
import { ktoBalance } from './consistency/kto-balance.ts';
import { labelVariants } from './consistency/label-variants.ts';
import { leadingCapital } from './consistency/leading-capital.ts';
import { lengthBias } from './consistency/length-bias.ts';
import { listMarkers } from './consistency/list-markers.ts';
import { mixedKeys } from './consistency/mixed-keys.ts';
import { mixedScripts } from './consistency/mixed-scripts.ts';
import { nearDuplicate } from './consistency/near-duplicate.ts';
import { nearEqualSystem } from './consistency/near-equal-system.ts';
import { nearLeak } from './consistency/near-leak.ts';
import { outlyingLength } from './consistency/outlying-length.ts';
import { promptTemplate } from './consistency/prompt-template.ts';
import { quotedAnswer } from './consistency/quoted-answer.ts';
import { repeatedPrompt } from './consistency/repeated-prompt.ts';
import { sameClosing } from './consistency/same-closing.ts';
import { sameOpening } from './consistency/same-opening.ts';
import { similarRows } from './consistency/similar-rows.ts';
import { systemInSome } from './consistency/system-in-some.ts';
import { templateRow } from './consistency/template-row.ts';
import { toolsInSome } from './consistency/tools-in-some.ts';
import { absentAttachment } from './content/absent-attachment.ts';
import { answerIsInput } from './content/answer-is-input.ts';
import { answerTwice } from './content/answer-twice.ts';
import { asAnAi } from './content/as-an-ai.ts';
import { base64Blob } from './content/base64-blob.ts';
import { boilerplate } from './content/boilerplate.ts';
import { bracketPlaceholder } from './content/bracket-placeholder.ts';
import { brokenJsonAnswer } from './content/broken-json-answer.ts';
import { carriageReturn } from './content/carriage-return.ts';
import { chatResidue } from './content/chat-residue.ts';
import { controlCharacter } from './content/control-character.ts';
import { cutOff } from './content/cut-off.ts';
import { emailAddress } from './content/email-address.ts';
import { exampleDomain } from './content/example-domain.ts';
import { homoglyph } from './content/homoglyph.ts';
import { htmlLeftover } from './content/html-leftover.ts';
import { ignoredFormat } from './content/ignored-format.ts';
import { impossibleTask } from './content/impossible-task.ts';
import { invisibleCharacter } from './content/invisible-character.ts';
import { ipAddress } from './content/ip-address.ts';
import { letterPlaceholder } from './content/letter-placeholder.ts';
import { literalEscape } from './content/literal-escape.ts';
import { lostLetters } from './content/lost-letters.ts';
import { lowInformation } from './content/low-information.ts';
import { mergedTasks } from './content/merged-tasks.ts';
import { missingValue } from './content/missing-value.ts';
import { mixedLanguage } from './content/mixed-language.ts';
import { mixedLists } from './content/mixed-lists.ts';
import { mojibake } from './content/mojibake.ts';
import { nearEmptyAnswer } from './content/near-empty-answer.ts';
import { otherVendor } from './content/other-vendor.ts';
import { outerSpace } from './content/outer-space.ts';
import { paymentNumber } from './content/payment-number.ts';
import { phoneNumber } from './content/phone-number.ts';
import { placeholderAnswer } from './content/placeholder-answer.ts';
import { placeholderInput } from './content/placeholder-input.ts';
import { promptVariable } from './content/prompt-variable.ts';
import { refusedTask } from './content/refusal.ts';
import { repeatsPrompt } from './content/repeats-prompt.ts';
import { repetitionLoop } from './content/repetition-loop.ts';
import { secret } from './content/secret.ts';
import { speakerLabel } from './content/speaker-label.ts';
import { summaryRow } from './content/summary-row.ts';
import { templateMarker } from './content/template-marker.ts';
import { templateVariable } from './content/template-variable.ts';
import { thinkTag } from './content/think-tag.ts';
import { unbalancedFence } from './content/unbalanced-fence.ts';
import { unusualSpace } from './content/unusual-space.ts';
import { urlInAnswer } from './content/url-in-answer.ts';
import { urlInput } from './content/url-input.ts';
import { wrongArithmetic } from './content/wrong-arithmetic.ts';
import { wrongCount } from './content/wrong-count.ts';
import { wrongListAnswer } from './content/wrong-list-answer.ts';
import { arraySeparator } from './structure/array-separator.ts';
import { assistantFirst } from './structure/assistant-first.ts';
import { binaryColumn } from './structure/binary-column.ts';
import { blankContent } from './structure/blank-content.ts';
import { blankLine } from './structure/blank-line.ts';
import { brokenTool } from './structure/broken-tool.ts';
import { brokenUtf8 } from './structure/broken-utf8.ts';
import { cellCount } from './structure/cell-count.ts';
import { columnTurns } from './structure/column-turns.ts';
import { csvDialect } from './structure/csv-dialect.ts';
import { damagedArchive } from './structure/damaged-archive.ts';
import { damagedParquet } from './structure/damaged-parquet.ts';
import { differingPrompts } from './structure/differing-prompts.ts';
import { duplicateKey } from './structure/duplicate-key.ts';
import { emptyAnswer } from './structure/empty-answer.ts';
import { emptyDocument } from './structure/empty-document.ts';
import { emptyPrompt } from './structure/empty-prompt.ts';
import { equalAnswers } from './structure/equal-answers.ts';
import { exactDuplicate } from './structure/exact-duplicate.ts';
import { fileShape } from './structure/file-shape.ts';
import { fractionalWeight } from './structure/fractional-weight.ts';
import { headerName } from './structure/header-name.ts';
import { inexactNumber } from './structure/inexact-number.ts';
import { innerMark } from './structure/inner-mark.ts';
import { invalidJson } from './structure/invalid-json.ts';
import { invalidToolCall } from './structure/invalid-tool-call.ts';
import { invalidTools } from './structure/invalid-tools.ts';
import { jsonInText } from './structure/json-in-text.ts';
import { lastTurn } from './structure/last-turn.ts';
import { leakedRow } from './structure/leaked-row.ts';
import { listRows } from './structure/list-rows.ts';
import { loneSurrogate } from './structure/lone-surrogate.ts';
import { lossyConversion } from './structure/lossy-conversion.ts';
import { lowRated } from './structure/low-rated.ts';
import { misplacedSystem } from './structure/misplaced-system.ts';
import { missingCallId } from './structure/missing-call-id.ts';
import { missingField } from './structure/missing-field.ts';
import { noAssistant } from './structure/no-assistant.ts';
import { noHeader } from './structure/no-header.ts';
import { noNumber } from './structure/no-number.ts';
import { noRows } from './structure/no-rows.ts';
import { notAnObject } from './structure/not-an-object.ts';
import { notText } from './structure/not-text.ts';
import { nothingTrained } from './structure/nothing-trained.ts';
import { nulCharacter } from './structure/nul-character.ts';
import { nullMark } from './structure/null-mark.ts';
import { openQuote } from './structure/open-quote.ts';
import { orphanToolResult } from './structure/orphan-tool-result.ts';
import { otherFormat } from './structure/other-format.ts';
import { otherKind } from './structure/other-kind.ts';
import { pythonNotation } from './structure/python-notation.ts';
import { rejectedAnswer } from './structure/rejected-answer.ts';
import { rejectedBeside } from './structure/rejected-beside.ts';
import { repeatedCallId } from './structure/repeated-call-id.ts';
import { repeatedRole } from './structure/repeated-role.ts';
import { repeatedTool } from './structure/repeated-tool.ts';
import { replacementCharacter } from './structure/replacement-character.ts';
import { rowTooLong } from './structure/row-too-long.ts';
import { rowsInside } from './structure/rows-inside.ts';
import { rowsOutOfReach } from './structure/rows-out-of-reach.ts';
import { severalInstances } from './structure/several-instances.ts';
import { severalLists } from './structure/several-lists.ts';
import { textAfterArray } from './structure/text-after-array.ts';
import { textOutsideTurns } from './structure/text-outside-turns.ts';
import { tooDeep } from './structure/too-deep.ts';
import { tooManyKeys } from './structure/too-many-keys.ts';
import { trailingBytes } from './structure/trailing-bytes.ts';
import { truncatedArray } from './structure/truncated-array.ts';
import { truncatedCell } from './structure/truncated-cell.ts';
import { unansweredToolCall } from './structure/unanswered-tool-call.ts';
import { unclosedMarker } from './structure/unclosed-marker.ts';
import { undeclaredTool } from './structure/undeclared-tool.ts';
import { unfitArguments } from './structure/unfit-arguments.ts';
import { unknownFormat } from './structure/unknown-format.ts';
import { unknownKey } from './structure/unknown-key.ts';
import { unknownMarker } from './structure/unknown-marker.ts';
import { unknownRole } from './structure/unknown-role.ts';
import { unpacksTooLarge } from './structure/unpacks-too-large.ts';
import { unsupportedPart } from './structure/unsupported-part.ts';
import { unusedMapping } from './structure/unused-mapping.ts';
import { weightOnPrompt } from './structure/weight-on-prompt.ts';
import { wrongType } from './structure/wrong-type.ts';

export const checks: readonly Check[] = [
  invalidJson,
  notAnObject,
  brokenUtf8,
  rowTooLong,
  duplicateKey,
  blankLine,
  fileShape,
  truncatedArray,
  arraySeparator,
  textAfterArray,
  notText,
  noRows,
  tooDeep,
  emptyAnswer,
  unknownFormat,
  otherFormat,
  missingField,
  wrongType,
  unknownRole,
  emptyPrompt,
  blankContent,
  noAssistant,
  lastTurn,
  repeatedRole,
  assistantFirst,
  misplacedSystem,
  orphanToolResult,
  unansweredToolCall,
  invalidToolCall,
  invalidTools,
  undeclaredTool,
  missingCallId,
  unknownKey,
  loneSurrogate,
  nulCharacter,
  replacementCharacter,
  fractionalWeight,
  weightOnPrompt,
  nothingTrained,
  unsupportedPart,
  unclosedMarker,
  unknownMarker,
  textOutsideTurns,
  severalInstances,
  exactDuplicate,
  leakedRow,
  lossyConversion,
  cellCount,
  openQuote,
  headerName,
  damagedArchive,
  damagedParquet,
  binaryColumn,
  trailingBytes,
  equalAnswers,
  differingPrompts,
  unusedMapping,
  repeatedCallId,
  rejectedAnswer,
  emptyDocument,
  lowRated,
  rejectedBeside,
  unfitArguments,
  repeatedTool,
  brokenTool,
  placeholderAnswer,
  nearEmptyAnswer,
  placeholderInput,
  templateVariable,
  bracketPlaceholder,
  lowInformation,
  boilerplate,
  refusedTask,
  asAnAi,
  outerSpace,
  carriageReturn,
  unbalancedFence,
  mixedLists,
  repeatsPrompt,
  answerIsInput,
  mergedTasks,
  templateMarker,
  absentAttachment,
  urlInput,
  urlInAnswer,
  exampleDomain,
  impossibleTask,
  cutOff,
  repetitionLoop,
  mojibake,
  controlCharacter,
  literalEscape,
  htmlLeftover,
  invisibleCharacter,
  unusualSpace,
  mixedLanguage,
  homoglyph,
  secret,
  emailAddress,
  phoneNumber,
  paymentNumber,
  ipAddress,
  wrongArithmetic,
  wrongListAnswer,
  wrongCount,
  genericAnswer,
  repeatedPrompt,
  sameOpening,
  sameClosing,
  labelVariants,
  finalPunctuation,
  listMarkers,
  codeFences,
  headings,
  leadingCapital,
  quotedAnswer,
  systemInSome,
  nearEqualSystem,
  promptTemplate,
  toolsInSome,
  mixedScripts,
  fewRows,
  outlyingLength,
  mixedKeys,
  nearDuplicate,
  conflictingAnswers,
  templateRow,
  nearLeak,
  benchmarkLeak,
  dividedGroup,
  dividedConversation,
  lengthBias,
  ktoBalance,
  similarRows,
  inexactNumber,
  noNumber,
  rowsInside,
  severalLists,
  rowsOutOfReach,
  pythonNotation,
  jsonInText,
  innerMark,
  csvDialect,
  noHeader,
  nullMark,
  truncatedCell,
  otherKind,
  listRows,
  columnTurns,
  unpacksTooLarge,
  tooManyKeys,
  ignoredFormat,
  brokenJsonAnswer,
  promptVariable,
  missingValue,
  speakerLabel,
  chatResidue,
  thinkTag,
  base64Blob,
  lostLetters,
  otherVendor,
  answerTwice,
  letterPlaceholder,
  foreignAnswer,
  summaryRow,
];

/** All codes of the dataset folder: those of checks and of errors that it throws. */
export const datasetCodes: readonly CodeDoc[] = [...checks, ...datasetErrorCodes];

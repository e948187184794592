// Every check, in the order of its code: the one list from which pages, fixture tests and `lorch explain` are made.
import type { CodeDoc } from '../../diagnostics/finding.ts';
import { datasetErrorCodes } from '../codes.ts';
import { absentAttachment } from './absent-attachment.ts';
import { answerIsInput } from './answer-is-input.ts';
import { answerTwice } from './answer-twice.ts';
import { arraySeparator } from './array-separator.ts';
import { asAnAi } from './as-an-ai.ts';
import { assistantFirst } from './assistant-first.ts';
import { base64Blob } from './base64-blob.ts';
import { benchmarkLeak } from './benchmark-leak.ts';
import { binaryColumn } from './binary-column.ts';
import { blankContent } from './blank-content.ts';
import { blankLine } from './blank-line.ts';
import { boilerplate } from './boilerplate.ts';
import { bracketPlaceholder } from './bracket-placeholder.ts';
import { brokenJsonAnswer } from './broken-json-answer.ts';
import { brokenTool } from './broken-tool.ts';
import { brokenUtf8 } from './broken-utf8.ts';
import { carriageReturn } from './carriage-return.ts';
import { cellCount } from './cell-count.ts';
import { chatResidue } from './chat-residue.ts';
import type { Check } from './check.ts';
import { codeFences } from './code-fences.ts';
import { columnTurns } from './column-turns.ts';
import { conflictingAnswers } from './conflicting-answers.ts';
import { controlCharacter } from './control-character.ts';
import { csvDialect } from './csv-dialect.ts';
import { cutOff } from './cut-off.ts';
import { damagedArchive } from './damaged-archive.ts';
import { damagedParquet } from './damaged-parquet.ts';
import { differingPrompts } from './differing-prompts.ts';
import { dividedConversation } from './divided-conversation.ts';
import { dividedGroup } from './divided-group.ts';
import { duplicateKey } from './duplicate-key.ts';
import { emailAddress } from './email-address.ts';
import { emptyAnswer } from './empty-answer.ts';
import { emptyDocument } from './empty-document.ts';
import { emptyPrompt } from './empty-prompt.ts';
import { equalAnswers } from './equal-answers.ts';
import { exactDuplicate } from './exact-duplicate.ts';
import { exampleDomain } from './example-domain.ts';
import { fewRows } from './few-rows.ts';
import { fileShape } from './file-shape.ts';
import { finalPunctuation } from './final-punctuation.ts';
import { foreignAnswer } from './foreign-answer.ts';
import { fractionalWeight } from './fractional-weight.ts';
import { genericAnswer } from './generic-answer.ts';
import { headerName } from './header-name.ts';
import { headings } from './headings.ts';
import { homoglyph } from './homoglyph.ts';
import { htmlLeftover } from './html-leftover.ts';
import { ignoredFormat } from './ignored-format.ts';
import { impossibleTask } from './impossible-task.ts';
import { inexactNumber } from './inexact-number.ts';
import { innerMark } from './inner-mark.ts';
import { invalidJson } from './invalid-json.ts';
import { invalidToolCall } from './invalid-tool-call.ts';
import { invalidTools } from './invalid-tools.ts';
import { invisibleCharacter } from './invisible-character.ts';
import { ipAddress } from './ip-address.ts';
import { jsonInText } from './json-in-text.ts';
import { ktoBalance } from './kto-balance.ts';
import { labelVariants } from './label-variants.ts';
import { lastTurn } from './last-turn.ts';
import { leadingCapital } from './leading-capital.ts';
import { leakedRow } from './leaked-row.ts';
import { lengthBias } from './length-bias.ts';
import { letterPlaceholder } from './letter-placeholder.ts';
import { listMarkers } from './list-markers.ts';
import { listRows } from './list-rows.ts';
import { literalEscape } from './literal-escape.ts';
import { loneSurrogate } from './lone-surrogate.ts';
import { lossyConversion } from './lossy-conversion.ts';
import { lostLetters } from './lost-letters.ts';
import { lowInformation } from './low-information.ts';
import { lowRated } from './low-rated.ts';
import { mergedTasks } from './merged-tasks.ts';
import { misplacedSystem } from './misplaced-system.ts';
import { missingCallId } from './missing-call-id.ts';
import { missingField } from './missing-field.ts';
import { missingValue } from './missing-value.ts';
import { mixedKeys } from './mixed-keys.ts';
import { mixedLanguage } from './mixed-language.ts';
import { mixedLists } from './mixed-lists.ts';
import { mixedScripts } from './mixed-scripts.ts';
import { mojibake } from './mojibake.ts';
import { nearDuplicate } from './near-duplicate.ts';
import { nearEmptyAnswer } from './near-empty-answer.ts';
import { nearEqualSystem } from './near-equal-system.ts';
import { nearLeak } from './near-leak.ts';
import { noAssistant } from './no-assistant.ts';
import { noHeader } from './no-header.ts';
import { noNumber } from './no-number.ts';
import { noRows } from './no-rows.ts';
import { notAnObject } from './not-an-object.ts';
import { notText } from './not-text.ts';
import { nothingTrained } from './nothing-trained.ts';
import { nulCharacter } from './nul-character.ts';
import { nullMark } from './null-mark.ts';
import { openQuote } from './open-quote.ts';
import { orphanToolResult } from './orphan-tool-result.ts';
import { otherFormat } from './other-format.ts';
import { otherKind } from './other-kind.ts';
import { otherVendor } from './other-vendor.ts';
import { outerSpace } from './outer-space.ts';
import { outlyingLength } from './outlying-length.ts';
import { paymentNumber } from './payment-number.ts';
import { phoneNumber } from './phone-number.ts';
import { placeholderAnswer } from './placeholder-answer.ts';
import { placeholderInput } from './placeholder-input.ts';
import { promptTemplate } from './prompt-template.ts';
import { promptVariable } from './prompt-variable.ts';
import { pythonNotation } from './python-notation.ts';
import { quotedAnswer } from './quoted-answer.ts';
import { refusedTask } from './refusal.ts';
import { rejectedAnswer } from './rejected-answer.ts';
import { rejectedBeside } from './rejected-beside.ts';
import { repeatedCallId } from './repeated-call-id.ts';
import { repeatedPrompt } from './repeated-prompt.ts';
import { repeatedRole } from './repeated-role.ts';
import { repeatedTool } from './repeated-tool.ts';
import { repeatsPrompt } from './repeats-prompt.ts';
import { repetitionLoop } from './repetition-loop.ts';
import { replacementCharacter } from './replacement-character.ts';
import { rowTooLong } from './row-too-long.ts';
import { rowsInside } from './rows-inside.ts';
import { rowsOutOfReach } from './rows-out-of-reach.ts';
import { sameClosing } from './same-closing.ts';
import { sameOpening } from './same-opening.ts';
import { secret } from './secret.ts';
import { severalInstances } from './several-instances.ts';
import { severalLists } from './several-lists.ts';
import { similarRows } from './similar-rows.ts';
import { speakerLabel } from './speaker-label.ts';
import { summaryRow } from './summary-row.ts';
import { systemInSome } from './system-in-some.ts';
import { templateMarker } from './template-marker.ts';
import { templateRow } from './template-row.ts';
import { templateVariable } from './template-variable.ts';
import { textAfterArray } from './text-after-array.ts';
import { textOutsideTurns } from './text-outside-turns.ts';
import { thinkTag } from './think-tag.ts';
import { tooDeep } from './too-deep.ts';
import { tooManyKeys } from './too-many-keys.ts';
import { toolsInSome } from './tools-in-some.ts';
import { trailingBytes } from './trailing-bytes.ts';
import { truncatedArray } from './truncated-array.ts';
import { truncatedCell } from './truncated-cell.ts';
import { unansweredToolCall } from './unanswered-tool-call.ts';
import { unbalancedFence } from './unbalanced-fence.ts';
import { unclosedMarker } from './unclosed-marker.ts';
import { undeclaredTool } from './undeclared-tool.ts';
import { unfitArguments } from './unfit-arguments.ts';
import { unknownFormat } from './unknown-format.ts';
import { unknownKey } from './unknown-key.ts';
import { unknownMarker } from './unknown-marker.ts';
import { unknownRole } from './unknown-role.ts';
import { unpacksTooLarge } from './unpacks-too-large.ts';
import { unsupportedPart } from './unsupported-part.ts';
import { unusedMapping } from './unused-mapping.ts';
import { unusualSpace } from './unusual-space.ts';
import { urlInAnswer } from './url-in-answer.ts';
import { urlInput } from './url-input.ts';
import { weightOnPrompt } from './weight-on-prompt.ts';
import { wrongArithmetic } from './wrong-arithmetic.ts';
import { wrongCount } from './wrong-count.ts';
import { wrongListAnswer } from './wrong-list-answer.ts';
import { wrongType } from './wrong-type.ts';

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

/** Every code of the dataset folder: the checks, and what it throws. */
export const datasetCodes: readonly CodeDoc[] = [...checks, ...datasetErrorCodes];

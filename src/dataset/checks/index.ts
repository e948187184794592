// Every check, in the order of its code: the one list from which pages, fixture tests and `lorch explain` are made.
import type { CodeDoc } from '../../diagnostics/finding.ts';
import { datasetErrorCodes } from '../codes.ts';
import { arraySeparator } from './array-separator.ts';
import { assistantFirst } from './assistant-first.ts';
import { binaryColumn } from './binary-column.ts';
import { blankContent } from './blank-content.ts';
import { blankLine } from './blank-line.ts';
import { brokenUtf8 } from './broken-utf8.ts';
import { cellCount } from './cell-count.ts';
import type { Check } from './check.ts';
import { damagedArchive } from './damaged-archive.ts';
import { damagedParquet } from './damaged-parquet.ts';
import { duplicateKey } from './duplicate-key.ts';
import { emptyAnswer } from './empty-answer.ts';
import { emptyPrompt } from './empty-prompt.ts';
import { exactDuplicate } from './exact-duplicate.ts';
import { fileShape } from './file-shape.ts';
import { fractionalWeight } from './fractional-weight.ts';
import { headerName } from './header-name.ts';
import { invalidJson } from './invalid-json.ts';
import { invalidToolCall } from './invalid-tool-call.ts';
import { invalidTools } from './invalid-tools.ts';
import { lastTurn } from './last-turn.ts';
import { leakedRow } from './leaked-row.ts';
import { loneSurrogate } from './lone-surrogate.ts';
import { lossyConversion } from './lossy-conversion.ts';
import { misplacedSystem } from './misplaced-system.ts';
import { missingCallId } from './missing-call-id.ts';
import { missingField } from './missing-field.ts';
import { noAssistant } from './no-assistant.ts';
import { noRows } from './no-rows.ts';
import { notAnObject } from './not-an-object.ts';
import { notText } from './not-text.ts';
import { nothingTrained } from './nothing-trained.ts';
import { nulCharacter } from './nul-character.ts';
import { openQuote } from './open-quote.ts';
import { orphanToolResult } from './orphan-tool-result.ts';
import { otherFormat } from './other-format.ts';
import { preferenceRow } from './preference-row.ts';
import { repeatedRole } from './repeated-role.ts';
import { replacementCharacter } from './replacement-character.ts';
import { rowTooLong } from './row-too-long.ts';
import { severalInstances } from './several-instances.ts';
import { textAfterArray } from './text-after-array.ts';
import { textOutsideTurns } from './text-outside-turns.ts';
import { tooDeep } from './too-deep.ts';
import { trailingBytes } from './trailing-bytes.ts';
import { truncatedArray } from './truncated-array.ts';
import { unansweredToolCall } from './unanswered-tool-call.ts';
import { unclosedMarker } from './unclosed-marker.ts';
import { undeclaredTool } from './undeclared-tool.ts';
import { unknownFormat } from './unknown-format.ts';
import { unknownKey } from './unknown-key.ts';
import { unknownMarker } from './unknown-marker.ts';
import { unknownRole } from './unknown-role.ts';
import { unsupportedPart } from './unsupported-part.ts';
import { weightOnPrompt } from './weight-on-prompt.ts';
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
  preferenceRow,
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
];

/** Every code of the dataset folder: the checks, and what it throws. */
export const datasetCodes: readonly CodeDoc[] = [...checks, ...datasetErrorCodes];

/** Every maximum of the product in one place. Units are in the names: Bytes, Ms, Chars, Count. */
export const limits = {
  /** Key length: the API reference, section 2, accepts 12 to 512 visible ASCII characters. */
  keyCharsMin: 12,
  keyCharsMax: 512,
  /** One size for every platform, below the 2,560 bytes of the Windows credential store. */
  secretBytesMax: 2048,
  labelCharsMax: 60,
  environmentNameCharsMax: 40,
  environmentsMax: 50,
  keysMax: 500,
  urlCharsMax: 2048,
  addressCharsMax: 320,
  folderCharsMax: 200,
  labelNameCharsMax: 50,
  labelIdCharsMax: 1000,
  /** Labels that one call puts on a message or takes off it. */
  labelsOnceMax: 50,
  accountNameCharsMax: 200,
  pollMsMin: 10_000,
  pollMsMax: 3_600_000,
  idCharsMax: 64,
  filterCharsMax: 500,
  savedFiltersMax: 50,
  /** Messages of one list call: API reference, section 6.1. */
  messageListMax: 100,
  requestPageMax: 200,
  /** Calls that one event tells the window of. */
  recordedCallsMax: 200,
  /** Calls of an export that were chosen one by one. */
  exportIdsMax: 10_000,
  fileNameCharsMax: 255,
  /** Calls that one what-if replays. */
  whatIfCallsMax: 20_000,
  planPerMinuteMax: 1_000_000,
  /** The sliding window that a plan's limit is counted over. API reference, section 3. */
  windowMs: 60_000,
  headroomBins: 30,
  /** Waiting calls that are shown one by one. */
  waitingCallsMax: 50,
  callTimeoutMs: 30_000,
  responseBytesMax: 20 * 1024 * 1024,
  /** Longest body text kept for one side of a call in the request log. */
  loggedBodyBytesMax: 64 * 1024,
  /** Longest JSON text of a request in the console; two bytes for each character must pass the bridge. */
  consoleBodyCharsMax: 400_000,
  consoleParameterCharsMax: 2048,
  consoleParametersMax: 20,
  /** Longest cURL command that is imported. */
  curlCharsMax: 600_000,
  /** Levels of a request body. */
  consoleBodyDepthMax: 64,
  /** Characters of an answer that pass the bridge at once. */
  consoleSliceCharsMax: 400_000,
  /** Answers that are kept whole for the console, and their characters in all. */
  consoleAnswersKept: 8,
  consoleAnswerCharsMax: 40_000_000,
  savedRequestsMax: 200,
  savedNameCharsMax: 80,
  savedBodyCharsMax: 64 * 1024,
  webhookIdCharsMax: 200,
  webhookEventCharsMax: 60,
  webhookEventsMax: 50,
  webhookDescriptionCharsMax: 500,
  /** Webhooks of one user. API reference, section 9. */
  webhooksMax: 10,
  /** Webhooks of an answer that are looked at. */
  webhooksListedMax: 200,
  /** Secrets of webhooks that are kept. */
  webhookSecretsMax: 500,
  /** A pasted delivery; two bytes for each character must pass the bridge. */
  deliveryTextCharsMax: 400_000,
  /** Deliveries that the local receiver keeps, and their bodies in all. */
  receivedMax: 200,
  receivedBytesMax: 20 * 1024 * 1024,
  /** Longest body that the receiver keeps and verifies; of a longer one it counts the bytes. */
  receivedBodyBytesMax: 2 * 1024 * 1024,
  /** Longer than the 30 s that an endpoint has for its answer. API reference, section 10. */
  receiverSlowMs: 35_000,
  /** Recipients of one line of a new message. */
  recipientsMax: 100,
  subjectCharsMax: 1000,
  /** Text of a new message; two bytes for each character must pass the bridge. */
  mailTextCharsMax: 300_000,
  /** Characters of an original that an answer quotes. */
  quoteCharsMax: 100_000,
  /** Drafts and unsent mail of all environments. */
  outgoingMax: 500,
  mailFilesMax: 20,
  /** Attachments of one message before Base64. The reference names no limit (section 14): a body above 10 MB is warned of. */
  mailFilesBytesMax: 20_000_000,
  mailFilesWarnBytes: 7_000_000,
  /** Time in which a send can be taken back. */
  undoSendMs: 5000,
  /** Time in which a discarded draft can be had back. */
  undoDiscardMs: 10_000,
  mailHtmlBytesMax: 5 * 1024 * 1024,
  mailFramesKept: 20,
  keychainTimeoutMs: 10_000,
  clipboardHoldMs: 30_000,
  clipboardCharsMax: 10_000,
  /** How long a protected environment stays armed, and how long the button is held for it. */
  armedMs: 300_000,
  armHoldMs: 1000,
  /** A press that nobody ended counts for nothing after this time. */
  armPressMsMax: 10_000,
  guardIdleMsMin: 15_000,
  /** For how long an agreement to one loss holds, and a question about one. */
  consentMs: 60_000,
  lossQuestionMs: 300_000,
  lossQuestionsMax: 50,
  /** Longest that a question about a loss waits for figures. */
  lossReadMs: 8000,
  bridgeMessageBytesMax: 1024 * 1024,
  bridgeCallsInFlightMax: 200,
  /** Places beyond those for the methods that stop or show what is in flight. */
  bridgeReserve: 20,
  loggedCallsMax: 10_000_000,
  screenNameCharsMax: 20,
  jsonPathCharsMax: 100,
  ageDaysMax: 3650,
  overlapMsMax: 3_600_000,
  stillAliveMsMax: 86_400_000,
  confirmationCharsMax: 60,
  /** Ended rotations that are kept for their reports. */
  rotationsKept: 200,
  rotationLinesMax: 200,
  issuerKeyIdCharsMax: 200,
  issuerTimeoutMs: 15_000,
  issuerBytesMax: 64 * 1024,
} as const

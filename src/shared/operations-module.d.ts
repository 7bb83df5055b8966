/** The table that `build/operations.ts` makes of the OpenAPI file. */
declare module '*.yaml?operations' {
  export const operations: Readonly<
    Record<import('./model/operation.ts').OperationId, import('./model/operation.ts').Operation>
  >
}

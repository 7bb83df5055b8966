/** Statements kept: each shape of a filter has its own. */
const statementsMax = 100

/** Keeps the statements that `prepare` makes, at most 100: the one that was used least lately goes first. */
export function keepPrepared<Statement>(prepare: (sql: string) => Statement): (sql: string) => Statement {
  const statements = new Map<string, Statement>()
  return (sql) => {
    const statement = statements.get(sql) ?? prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    const [oldest] = statements.keys()
    if (statements.size > statementsMax && oldest !== undefined) statements.delete(oldest)
    return statement
  }
}

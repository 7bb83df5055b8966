/**
 * Measures several subjects in turn (A B A B …), so that a slow minute of the machine meets all of
 * them: `warmUps` rounds unmeasured, then `runs` rounds. Answers the samples by name.
 */
export async function alternate<Name extends string>(
  subjects: Readonly<Record<Name, () => Promise<number>>>,
  { runs, warmUps }: { readonly runs: number; readonly warmUps: number },
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmUps; round < runs; round += 1) {
    for (const name of names) {
      const sample = await subjects[name]()
      if (round >= 0) samples[name].push(sample)
    }
  }
  return samples
}

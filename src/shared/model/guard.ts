import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { RecordId } from './environment.ts'
import { guardEnds } from './guard-names.ts'

/** What ended an arming. */
export const GuardEnd = z.enum(guardEnds)
export type GuardEnd = z.infer<typeof GuardEnd>

/** The guard as main holds it: at most one environment is armed, the current one. */
export const GuardState = z.object({
  /** `leftMs` is counted by main's clock when this was told. */
  armed: z.nullable(z.object({ environmentId: RecordId, leftMs: z.number() })),
  /** How the last arming of this run ended. */
  ended: z.nullable(z.object({ environmentId: RecordId, why: GuardEnd })),
})
export type GuardState = z.infer<typeof GuardState>

/** What a person chooses about the guard. */
export const GuardChoices = z.object({
  /** Time without any input in the window after which an arming ends. */
  idleMs: z.int().check(z.minimum(limits.guardIdleMsMin), z.maximum(limits.armedMs)),
})
export type GuardChoices = z.infer<typeof GuardChoices>

/** What a destructive call takes away, in words. */
export const Loss = z.object({
  /** A question, as `Delete the label Refund in Prod?` */
  title: z.string(),
  /** What goes with it, a sentence each. */
  lines: z.array(z.string()),
  /** The verb of the button. */
  act: z.string(),
  /** What must be typed to agree; null when the button is enough. */
  confirmation: z.nullable(z.string()),
})
export type Loss = z.infer<typeof Loss>

import type { MailAddress } from '../mailbox.ts'
import { type AccountName, accountAddresses, day, file, type MailSpec, person } from './mail-spec.ts'
import type { Prng } from './prng.ts'

const frames = ['Nord 52', 'Fjell 49', 'Strand 51', 'Vidde 50', 'Sund 48', 'Holm 53'] as const

const people = [
  'Aino Laine',
  'Ben Carter',
  'Camille Petit',
  'Daniela Rossi',
  'Emre Yıldız',
  'Fatima Zahra',
  'Gustav Berg',
  'Héloïse Martin',
  'Iván Torres',
  'Jana Nováková',
  'Kofi Mensah',
  'Lena Schröder',
  'Mateo Álvarez',
  'Nora Eriksen',
  'Oskar Nilsen',
  'Petra Horvat',
  'Quentin Blake',
  'Rosa Marín',
  'Saskia de Vries',
  'Tomasz Zieliński',
  'Ursula Keller',
  'Viktor Hansen',
  'Wanda Kowalska',
  'Xenia Pappas',
  'Yusuf Demir',
  'Zoë Janssens',
  'Ada Okafor',
  'Bruno Costa',
  'Clara Lindgren',
  'Dmitri Orlov',
  'Elif Aydın',
  'Finn O’Brien',
  'Greta Thomsen',
  'Hugo Laurent',
  'Isabel Ramos',
  'Jakub Dvořák',
  'Karin Holm',
  'Liam Walsh',
  'Mia Fischer',
  'Noah Peeters',
] as const

interface Scenario {
  readonly subject: string
  readonly text: string
  readonly reply: string
  /** Who writes; one of the people by default. */
  readonly sender?: MailAddress
  readonly attachment?: readonly [filename: string, contentType: string, size: number]
}

type Scenarios = readonly [Scenario, ...Scenario[]]

// {order} and {frame} are filled in.
const customerScenarios: Scenarios = [
  {
    subject: 'Where is order {order}?',
    text: 'Hello,\n\nI ordered the {frame} nine days ago and the tracking page still says "label created". Can you check order {order}?',
    reply: 'Order {order} was handed over today. The tracking page catches up within a few hours.',
  },
  {
    subject: 'Change of address for order {order}',
    text: 'Hi,\n\nI am moving at the end of the month. Can order {order} still go to my new address? It is on the attached sheet.',
    reply: 'We have changed the address of order {order}. The parcel has not left yet.',
    attachment: ['address.pdf', 'application/pdf', 31_004],
  },
  {
    subject: 'Nose pads for the {frame}',
    text: 'Good morning,\n\none nose pad of my {frame} is lost. Do you sell them one by one, and do I need a tool?',
    reply: 'Nose pads come in pairs and need no tool. We have put a pair into the post for you.',
  },
  {
    subject: 'Does the {frame} fit progressive lenses?',
    text: 'Hello,\n\nmy optician says that progressive lenses need at least 28 mm. Is the {frame} high enough?',
    reply: 'The {frame} has a lens height of 34 mm, so progressive lenses fit.',
  },
  {
    subject: 'Discount code did not work, order {order}',
    text: 'Hi,\n\nthe code from your newsletter was refused at the checkout, so I paid the full price for order {order}. Can you correct that?',
    reply: 'We have credited the difference for order {order} to your card.',
  },
  {
    subject: 'Hinge is loose after a week',
    text: 'Hello,\n\nthe left hinge of my {frame} (order {order}) is loose after a week of careful use. Is that covered by the guarantee?',
    reply: 'Yes, it is. A return label for order {order} is attached; the repair takes about five days.',
    attachment: ['hinge.jpg', 'image/jpeg', 812_455],
  },
  {
    subject: 'Invoice for order {order}, please',
    text: 'Dear team,\n\nplease send me an invoice with our company name for order {order}. The VAT number is in our account.',
    reply: 'The invoice for order {order} is attached to this mail.',
  },
  {
    subject: 'Cancel order {order}',
    text: 'Hi,\n\nI ordered the {frame} twice by mistake. Please cancel order {order} and keep the other one.',
    reply: 'Order {order} is cancelled. Nothing was charged.',
  },
  {
    subject: 'Prescription for order {order}',
    text: 'Hello,\n\nthe prescription for order {order} is attached. The cylinder on the right is new. Please use this one.',
    reply: 'Thank you, the prescription is with our optician now. Order {order} leaves in about four days.',
    attachment: ['prescription.pdf', 'application/pdf', 92_133],
  },
  {
    subject: 'Can I try the {frame} at home?',
    text: 'Good evening,\n\nI read that you send up to four frames to try. Is the {frame} among them, and who pays the return?',
    reply: 'It is, and the return is free. You find the offer under "Try at home".',
  },
]

const billingScenarios: Scenarios = [
  {
    subject: 'Payment received for order {order}',
    text: 'We received your customer’s payment for order {order}. It is part of the next payout.',
    reply: '',
    sender: person('Paystream', 'payments@paystream.example'),
  },
  {
    subject: 'Remittance advice, order {order}',
    text: 'Dear supplier,\n\ntoday we transferred the amount for order {order} to your account. The details are attached.',
    reply: 'Thank you, the payment for order {order} has arrived.',
    attachment: ['remittance.pdf', 'application/pdf', 38_990],
  },
  {
    subject: 'Question about the bill for order {order}',
    text: 'Hello,\n\nthe bill for order {order} shows 25 % VAT. We are a company in another EU country, so it should be zero. Can you correct it?',
    reply: 'The corrected bill for order {order} is attached. Please destroy the first one.',
  },
  {
    subject: 'Statement of account',
    text: 'Attached you find the statement of your account. One item is open: order {order}.',
    sender: person('Verpackung Süd', 'buchhaltung@verpackung-sued.example'),
    reply: 'Thank you. Order {order} is paid with the next run.',
    attachment: ['statement.pdf', 'application/pdf', 54_301],
  },
  {
    subject: 'Chargeback opened for order {order}',
    text: 'A cardholder disputes the payment for order {order}. Send your evidence within ten days, or the amount is returned.',
    sender: person('Paystream', 'disputes@paystream.example'),
    reply: 'Evidence for order {order}: proof of delivery and the confirmation are attached.',
  },
]

const scoutScenarios: Scenarios = [
  {
    subject: 'Re: Halden Optics in your shop',
    text: 'Hello,\n\nthanks for writing. We would like to see the {frame} and two more frames before we decide. Can you send samples?',
    reply: 'The samples leave tomorrow. You may keep them for 30 days.',
  },
  {
    subject: 'Re: Samples on their way',
    text: 'Hi,\n\nthe samples have arrived. The {frame} sold on the first day, to my wife. Let us talk about prices.',
    reply: 'That is good to hear. I have attached the price list for partners.',
  },
  {
    subject: 'Automatic reply: out of office',
    text: 'I am away until Monday and read mail only now and then. In urgent cases please call the shop.',
    reply: '',
  },
]

const scenarios = { support: customerScenarios, billing: billingScenarios, scout: scoutScenarios } as const

function createAddress(name: string): MailAddress {
  const local = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ı/g, 'i')
    .replace(/ł/g, 'l')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .split(' ')
    .join('.')
  return person(name, `${local}@example.com`)
}

/** A routine message and, if it was answered, what was answered. */
export interface RoutineExchange {
  readonly message: MailSpec
  readonly reply: MailSpec | null
}

const firstDay = 2
const dayStep = 0.6

/**
 * Writes the `at`th everyday message of an account. Later ones are older; none is of today or
 * yesterday.
 */
export function writeRoutineExchange(account: AccountName, at: number, prng: Prng): RoutineExchange {
  const choices = scenarios[account]
  const scenario = choices[at % choices.length] ?? choices[0]
  const order = String(48_160 - at * 7 - prng.below(6))
  const frame = prng.pick(frames)
  const fill = (text: string): string => text.replaceAll('{order}', order).replaceAll('{frame}', frame)
  const offset = { support: 0, billing: 13, scout: 27 }[account]
  const name = people[(at + offset) % people.length] ?? people[0]
  const daysAgo = firstDay + Math.floor(at * dayStep)
  const hour = 8 + prng.below(10)
  const minute = prng.below(50)
  const key = `routine-${account}-${at}`
  const { attachment, sender } = scenario
  const from = sender ?? createAddress(name)
  const message: MailSpec = {
    key,
    account,
    folder: 'INBOX',
    when: day(daysAgo, hour, minute),
    from,
    subject: fill(scenario.subject),
    text: sender === undefined ? `${fill(scenario.text)}\n\n${name}` : fill(scenario.text),
    ...(attachment === undefined ? {} : { attachments: [file(...attachment)] }),
  }
  if (scenario.reply === '') return { message, reply: null }
  const subject = message.subject.startsWith('Re: ') ? message.subject : `Re: ${message.subject}`
  return {
    message,
    reply: {
      account,
      folder: 'Sent',
      when: day(daysAgo, hour, minute + 4),
      from: person(null, accountAddresses[account]),
      to: [from],
      subject,
      text: `Hello${sender === undefined ? ` ${name.split(' ')[0]}` : ''},\n\n${fill(scenario.reply)}\n\nHalden Optics`,
      answers: key,
    },
  }
}

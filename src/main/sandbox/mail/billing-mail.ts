import { formatParagraphs, formatTable } from './mail-html.ts'
import { accountAddresses, ago, type Calendar, day, file, type MailSpec, person } from './mail-spec.ts'

const self = person('Halden Optics Billing', accountAddresses.billing)
const pdf = 'application/pdf'

function writeInvoices(calendar: Calendar): MailSpec[] {
  const { year } = calendar
  const lastMonth = calendar.month(-1)
  return [
    {
      key: 'fraktbolaget-invoice',
      account: 'billing',
      folder: 'INBOX',
      when: ago(38),
      from: person('Fraktbolaget', 'faktura@fraktbolaget.example'),
      subject: `Invoice 771204, freight ${lastMonth}`,
      text: `Hello,\n\nattached is the collective invoice for freight in ${lastMonth}: 1,204 parcels, € 8,367.80. Due on ${calendar.day(26)}.\n\nFraktbolaget`,
      html: `${formatParagraphs(`Hello,\n\nattached is the collective invoice for freight in ${lastMonth}.`)}${formatTable(
        ['Service', 'Parcels', 'Amount'],
        [
          ['Standard', '1,088', '€ 7,072.00'],
          ['Express', '116', '€ 1,295.80'],
          ['Total', '1,204', '€ 8,367.80'],
        ],
      )}`,
      attachments: [file('771204.pdf', pdf, 144_920), file('parcels.csv', 'text/csv', 88_031)],
      labels: ['invoice'],
      unread: true,
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: ago(112),
      from: person('Paystream', 'payouts@paystream.example'),
      subject: 'Payout of € 12,480.15 is on its way',
      text: 'A payout of € 12,480.15 was sent to your account ending in 4410. It usually arrives within one working day.\n\nGross 12,731.40, fees 251.25, refunds 0.00',
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(1, 16, 28),
      from: person('Nordlins AB', 'faktura@nordlins.example'),
      subject: `Reminder: invoice ${year}-0288 is due in three days`,
      text: `Invoice ${year}-0288 over € 1,140.00 is due on ${calendar.day(2)}. If you have paid already, please ignore this mail.`,
      attachments: [file(`invoice-${year}-0288.pdf`, pdf, 95_002)],
      labels: ['invoice'],
      unread: true,
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(2, 10, 11),
      from: person('Studio Oliveira', 'contas@oliveira-studio.example'),
      subject: `Fatura FT ${year}/118: fotografia do catálogo`,
      text: 'Boa tarde,\n\nsegue em anexo a fatura da sessão fotográfica. O prazo de pagamento é de 30 dias.\n\nObrigada,\nMarta Oliveira',
      attachments: [file(`FT-${year}-118.pdf`, pdf, 67_302)],
      labels: ['invoice'],
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(3, 8, 0),
      from: person('Stromwerk', 'rechnung@stromwerk.example'),
      subject: 'Ihre Stromrechnung für das Lager Drammen',
      text: 'Guten Tag,\n\nIhre Rechnung über 412,77 € liegt bei. Der Betrag wird am 28. abgebucht.\n\nStromwerk',
      attachments: [file('rechnung.pdf', pdf, 201_888)],
      labels: ['invoice'],
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(4, 13, 40),
      from: person('Cloudhost', 'billing@cloudhost.example'),
      subject: `Your invoice CH-${year}-5532`,
      text: 'Thank you for your payment of $ 318.20 by card ending in 0092. The receipt is attached.',
      attachments: [file('receipt.pdf', pdf, 41_220)],
      labels: ['invoice'],
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(6, 9, 26),
      from: person('Verpackung Süd', 'buchhaltung@verpackung-sued.example'),
      subject: 'Rechnung 20418, 5.000 Brillenetuis',
      text: 'Guten Tag,\n\nanbei unsere Rechnung über 5.000 Etuis (2.150,00 € netto). Bei Zahlung innerhalb von 10 Tagen 2 % Skonto.\n\nVerpackung Süd GmbH',
      attachments: [file('Rechnung-20418.pdf', pdf, 77_410)],
      labels: ['invoice'],
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(9, 15, 3),
      from: person('株式会社サバエ光学', 'seikyu@sabae-kogaku.example'),
      subject: 'ご請求書送付のご案内（チタンフレーム）',
      text: 'いつもお世話になっております。\n\nチタンフレーム120本分の請求書をお送りいたします。ご査収のほどよろしくお願いいたします。\n\n株式会社サバエ光学',
      attachments: [file('請求書.pdf', pdf, 130_554)],
      labels: ['invoice'],
    },
  ]
}

function writeOthers(calendar: Calendar): MailSpec[] {
  return [
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(1, 11, 55),
      from: person('Paystream', 'refunds@paystream.example'),
      subject: 'Refund of € 84.00 for order 48096 was accepted',
      text: 'The refund was accepted by the card issuer. Your customer sees it within three to five days.',
      labels: ['refund'],
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(3, 14, 21),
      from: person('Ingrid Solberg', 'ingrid.solberg@regnskap-solberg.example'),
      cc: [person(null, accountAddresses.support)],
      subject: `Missing receipts for ${calendar.month(-1)}`,
      text: `Hi,\n\nfor the books of ${calendar.month(-1)} I still miss:\n\n- Cloudhost, $ 318.20\n- taxi, NOK 412\n- the lunch with Nordlins\n\nCould you send them until Friday?\n\nIngrid`,
    },
    {
      account: 'billing',
      folder: 'INBOX',
      when: day(5, 10, 30),
      from: person('Mail Delivery', 'mailer-daemon@sandbox.test'),
      subject: 'Undelivered: Payment reminder 4402',
      text: 'The address does not exist. Reporting-MTA: dns; mx1.sandbox.test\n\nFinal-Recipient: rfc822; buchhaltung@optik-lenz.example\nAction: failed\nStatus: 5.1.1',
    },
    {
      account: 'billing',
      folder: 'Drafts',
      when: day(1, 12, 30),
      from: self,
      to: [person('Ingrid Solberg', 'ingrid.solberg@regnskap-solberg.example')],
      subject: `Re: Missing receipts for ${calendar.month(-1)}`,
      text: 'Hi Ingrid,\n\nattached are Cloudhost and the taxi. The lunch',
      attachments: [file('receipt.pdf', pdf, 41_220)],
    },
    {
      account: 'billing',
      folder: 'Sent',
      when: ago(36),
      from: self,
      to: [person('Fraktbolaget', 'faktura@fraktbolaget.example')],
      subject: `Re: Invoice 771204, freight ${calendar.month(-1)}`,
      text: 'Thank you, the invoice is booked and will be paid with the next run.\n\nHalden Optics Billing',
      answers: 'fraktbolaget-invoice',
    },
    {
      account: 'billing',
      folder: 'Spam',
      when: day(2, 1, 44),
      from: person('Invoice Department', 'scan@docu-share.example'),
      subject: 'You have received a secure document (1)',
      text: 'Open the secure document with your mail password: https://docu-share.example/open',
      unread: true,
    },
    {
      account: 'billing',
      folder: 'Spam',
      when: day(7, 5, 18),
      from: person('Instant Loans', 'offer@fast-loan.example'),
      subject: 'Up to € 250,000 for your business, today',
      text: 'No questions asked. Answer YES to this mail.',
      unread: true,
    },
  ]
}

/** Hand-written mail of the billing account. */
export function writeBillingMail(calendar: Calendar): MailSpec[] {
  return [...writeInvoices(calendar), ...writeOthers(calendar)]
}

import { formatNewsletter, formatParagraphs, formatTable } from './mail-html.ts'
import { accountAddresses, ago, type Calendar, day, file, type MailSpec, person } from './mail-spec.ts'

const self = person('Halden Optics Support', accountAddresses.support)
const priya = person('Priya Raman', 'priya.raman@example.com')
const marta = person('Marta Oliveira', 'marta@oliveira-studio.example')
const deniz = person('Deniz Kaya', 'deniz.kaya@example.net')
const jonas = person('Jonas Lindqvist', 'jonas.lindqvist@nordlins.example')
const nightly = person('nightly-eval', 'nightly-eval@ci.example')

const pdf = 'application/pdf'

function writeToday(calendar: Calendar): MailSpec[] {
  const invoice = `${calendar.year}-0317`
  return [
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(1),
      from: priya,
      subject: 'Re: Refund for order 48213',
      text: `The parcel is on its way back, tracking is in the attachment. When can I expect the refund? It was € 129.00 on my credit card.

Thanks for the quick help so far,
Priya

> Hi Priya,
> please send the frame back with the label from our last mail. The refund
> follows as soon as the parcel is scanned.`,
      html: `${formatParagraphs('The parcel is on its way back, tracking is in the attachment. When can I expect the refund? It was € 129.00 on my credit card.\n\nThanks for the quick help so far,\nPriya')}<blockquote style="margin:0 0 0 8px;padding-left:12px;border-left:2px solid #cccccc;color:#666666;font-family:Arial,sans-serif;font-size:14px">Hi Priya,<br>please send the frame back with the label from our last mail. The refund follows as soon as the parcel is scanned.</blockquote>`,
      attachments: [file('tracking-48213.pdf', pdf, 48_220)],
      labels: ['refund'],
      unread: true,
      answers: 'priya-2',
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(27),
      from: jonas,
      subject: `Invoice ${invoice}`,
      text: `Please find attached the invoice for the ${calendar.month(-1)} lens delivery. Payment within 30 days, quoting the number ${invoice}.

Kind regards
Jonas Lindqvist
Nordlins AB`,
      html: `${formatParagraphs(`Please find attached the invoice for the ${calendar.month(-1)} lens delivery. Payment within 30 days, quoting the number ${invoice}.`)}${formatTable(
        ['Item', 'Quantity', 'Amount'],
        [
          ['Lens blank 1.60, clear', '240', '€ 1,872.00'],
          ['Lens blank 1.67, clear', '80', '€ 984.00'],
          ['Freight', '1', '€ 46.50'],
          ['Total, net', '', '€ 2,902.50'],
        ],
      )}${formatParagraphs('Kind regards\nJonas Lindqvist\nNordlins AB')}`,
      attachments: [file(`invoice-${invoice}.pdf`, pdf, 96_114)],
      labels: ['invoice'],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(45),
      from: nightly,
      subject: '214 passed, 3 failed: triage-agent@main',
      text: `refund-classifier: 2 regressions against 6c1f0e. tone: 1 regression.

FAILED refund-classifier/partial-return        expected refund, got exchange
FAILED refund-classifier/order-number-in-image expected refund, got needs-human
FAILED tone/angry-but-polite                   score 0.61, threshold 0.70

214 passed, 3 failed, 0 skipped in 6 min 41 s
commit 9d20b7 "Shorten the refund prompt"`,
      html: `<div style="font:14px/20px Menlo,Consolas,monospace">${formatTable(
        ['Suite', 'Passed', 'Failed'],
        [
          ['refund-classifier', '86', '2'],
          ['tone', '41', '1'],
          ['routing', '87', '0'],
          ['All', '214', '3'],
        ],
      )}<p>commit 9d20b7 &quot;Shorten the refund prompt&quot;, against 6c1f0e</p><p><a href="https://ci.example/runs/20417">ci.example/runs/20417</a></p></div>`,
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(72),
      from: person('Ирина Соколова', 'irina.sokolova@example.org'),
      subject: 'Вопрос по доставке заказа 48190',
      text: `Здравствуйте! Трек-номер не обновляется с пятницы, последняя отметка: «Принято в отделении связи». Подскажите, пожалуйста, где сейчас посылка и когда её ждать?

Если заказ потерян, я бы хотела получить замену, а не возврат денег.

С уважением,
Ирина Соколова`,
      labels: ['needs-human'],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(94),
      from: marta,
      subject: 'Re: Can we move the call to Thursday?',
      text: `Thursday 15:00 works for us. I will send a new invite in a minute; please drop the old one.

Marta

> Thursday is fine. Would 15:00 suit you? We need about half an hour.`,
      labels: ['auto-replied'],
      answered: true,
      answers: 'marta-4',
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(121),
      from: person('Mail Delivery', 'mailer-daemon@sandbox.test'),
      subject: `Undelivered: your ${calendar.month(0)} order summary`,
      text: `The recipient’s mailbox is full. Reporting-MTA: dns; mx1.sandbox.test

Final-Recipient: rfc822; t.brandt@example.com
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

The first lines of your message are attached.`,
      attachments: [file('original-headers.txt', 'text/rfc822-headers', 1_904)],
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: ago(158),
      from: person('Halden Optics', 'news@haldenoptics.example'),
      subject: 'Back in stock: three frames you asked about',
      text: `Nord 52, Fjell 49 and Strand 51 are available again. We keep one of each for you until Sunday.

Nord 52: € 129.00
Fjell 49: € 119.00
Strand 51: € 139.00

To order, answer this mail or open https://www.haldenoptics.example/frames`,
      html: formatNewsletter({
        brand: 'Halden Optics',
        host: 'haldenoptics.example',
        accent: '#1f5f4a',
        preheader: 'Nord 52, Fjell 49 and Strand 51 are available again.',
        headline: 'Back in stock',
        intro: 'You asked us to tell you when these return. We keep one of each for you until Sunday.',
        items: [
          { title: 'Nord 52', text: 'Acetate, matt black, for narrow faces', price: '€ 129.00' },
          { title: 'Fjell 49', text: 'Titanium, 14 g, silver or rosé', price: '€ 119.00' },
          { title: 'Strand 51', text: 'Bio acetate, tortoise', price: '€ 139.00' },
        ],
        action: 'See the frames',
      }),
      labels: ['vendor'],
    },
  ]
}

function writeThreads(): MailSpec[] {
  return [
    {
      key: 'priya-1',
      account: 'support',
      folder: 'INBOX',
      when: day(4, 18, 20),
      from: priya,
      subject: 'Refund for order 48213',
      text: `Hello,

the frame of order 48213 is too wide for me, so I would like to send it back and have the money returned.
It is unworn, in its box.

Priya Raman`,
      labels: ['refund'],
      answered: true,
    },
    {
      key: 'priya-2',
      account: 'support',
      folder: 'Sent',
      when: day(4, 18, 24),
      from: self,
      to: [priya],
      subject: 'Re: Refund for order 48213',
      text: `Hi Priya,

please send the frame back with the label from our last mail. The refund follows as soon as the parcel is scanned.

The support team`,
      attachments: [file('return-label-48213.pdf', pdf, 22_871)],
      labels: ['auto-replied'],
      answers: 'priya-1',
    },
    {
      key: 'marta-1',
      account: 'support',
      folder: 'INBOX',
      when: day(3, 10, 5),
      from: marta,
      subject: 'Can we move the call to Thursday?',
      text: `Hi,

our photographer is ill, so Wednesday will not work. Could we move the call about the spring catalogue to Thursday?

Marta`,
      answered: true,
    },
    {
      key: 'marta-2',
      account: 'support',
      folder: 'Sent',
      when: day(3, 10, 9),
      from: self,
      to: [marta],
      subject: 'Re: Can we move the call to Thursday?',
      text: 'Hi Marta,\n\nno problem. I will ask the team which time on Thursday works and come back to you.\n\nThe support team',
      labels: ['auto-replied'],
      answers: 'marta-1',
    },
    {
      key: 'marta-3',
      account: 'support',
      folder: 'INBOX',
      when: day(2, 9, 14),
      from: marta,
      cc: [person('Rui Antunes', 'rui@oliveira-studio.example')],
      subject: 'Re: Can we move the call to Thursday?',
      text: 'Any news? Rui (in copy) would join too, he can do everything after 14:00.\n\nMarta',
      answered: true,
      answers: 'marta-2',
    },
    {
      key: 'marta-4',
      account: 'support',
      folder: 'Sent',
      when: day(2, 9, 30),
      from: self,
      to: [marta],
      cc: [person('Rui Antunes', 'rui@oliveira-studio.example')],
      subject: 'Re: Can we move the call to Thursday?',
      text: 'Thursday is fine. Would 15:00 suit you? We need about half an hour.\n\nThe support team',
      labels: ['auto-replied'],
      answers: 'marta-3',
    },
    {
      key: 'deniz-1',
      account: 'support',
      folder: 'INBOX',
      when: day(1, 19, 42),
      from: deniz,
      subject: 'Wrong size delivered, order 48177',
      text: `I ordered 49 and got 52. Could you send the right one and tell me what to do with the other? I need it before the weekend, so a refund alone does not help me.

Deniz Kaya`,
      attachments: [file('IMG_4471.jpg', 'image/jpeg', 1_874_332)],
      labels: ['refund'],
      answered: true,
    },
    {
      account: 'support',
      folder: 'Sent',
      when: day(1, 19, 45),
      from: self,
      to: [deniz],
      subject: 'Re: Wrong size delivered, order 48177',
      text: 'Hi Deniz,\n\nsorry for the mix-up. A Fjell 49 leaves us tomorrow by express, at no cost. Keep the other frame until we send you a return label.\n\nThe support team',
      labels: ['auto-replied'],
      answers: 'deniz-1',
    },
  ]
}

function writeEarlier(calendar: Calendar): MailSpec[] {
  return [
    {
      account: 'support',
      folder: 'INBOX',
      when: day(1, 17, 8),
      from: person('Łukasz Wójcik', 'lukasz.wojcik@logistyka.example'),
      subject: 'API access for our integration team',
      text: `We would like to send orders by mail to your agent instead of through the portal. Which address should we use, is there a limit per minute, and who can tell us more about the format?

Pozdrawiam
Łukasz Wójcik`,
      labels: ['needs-human'],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(1, 15, 51),
      from: person('田中 由紀', 'yuki.tanaka@example.jp'),
      subject: '注文48166の度数変更について',
      text: `お世話になっております。田中です。

先日注文した眼鏡（注文番号48166）の度数を変更したいのですが、まだ間に合いますでしょうか。新しい処方箋を添付いたします。

お手数ですが、ご確認のほどよろしくお願いいたします。

田中 由紀`,
      attachments: [file('処方箋_田中.pdf', pdf, 118_023)],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(1, 13, 2),
      from: person('Calendar', 'calendar@oliveira-studio.example'),
      subject: 'Invitation: spring catalogue, Thursday 15:00',
      text: 'Marta Oliveira invites you to: spring catalogue.\n\nThursday, 15:00 to 15:30 (Europe/Lisbon)\nJoin: https://meet.oliveira-studio.example/k2f-93d',
      attachments: [file('invite.ics', 'text/calendar', 2_140)],
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(1, 10, 37),
      from: person('Chloé Dubois', 'chloe.dubois@example.fr'),
      subject: 'Re: Verre rayé à la livraison',
      text: `Bonjour,

merci pour votre réponse. Je vous envoie deux photos du verre rayé : la rayure est bien visible sur le côté gauche. Je préférerais un remboursement partiel plutôt qu’un échange.

Bien cordialement,
Chloé Dubois`,
      attachments: [file('rayure-1.jpg', 'image/jpeg', 943_210), file('rayure-2.jpg', 'image/jpeg', 1_020_554)],
      labels: ['refund'],
      answered: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(1, 6, 0),
      from: nightly,
      subject: '217 passed: triage-agent@main',
      text: 'All suites passed in 6 min 12 s.\n\n217 passed, 0 failed, 0 skipped\ncommit 6c1f0e "Route lens questions to the optician"',
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(2, 20, 15),
      from: person('عمر الفاروق', 'omar.alfarouq@example.com'),
      subject: 'استفسار عن الطلب رقم 48151',
      text: `السلام عليكم،

وصلني الطلب رقم 48151 ولكن العلبة كانت مفتوحة وقطعة التنظيف مفقودة. هل يمكن إرسالها من جديد؟

مع الشكر والتقدير،
عمر الفاروق`,
      html: '<div dir="rtl" lang="ar" style="font-family:Tahoma,Arial,sans-serif;font-size:15px;line-height:26px"><p>السلام عليكم،</p><p>وصلني الطلب رقم <b>48151</b> ولكن العلبة كانت مفتوحة وقطعة التنظيف مفقودة. هل يمكن إرسالها من جديد؟</p><p>مع الشكر والتقدير،<br>عمر الفاروق</p></div>',
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(2, 16, 44),
      from: person('Sofie Aagaard', 'sofie@aagaard.example'),
      subject: '😍 The new glasses are wonderful! 🎉👓',
      text: 'Just wanted to say thank you! They sit perfectly and arrived two days early. 💚\n\nMay I send you a photo for your page?\n\nSofie',
      labels: ['auto-replied'],
      answered: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(2, 14, 3),
      from: person('Fraktbolaget', 'kundservice@fraktbolaget.example'),
      subject: 'Delivery times: two depots closed on Friday',
      text: 'Please note: the depots Drammen and Moss are closed on Friday. Parcels handed over on Thursday after 14:00 arrive on Monday.\n\nFraktbolaget',
      labels: ['vendor'],
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(3, 17, 31),
      from: person('Grace Njoroge', 'grace.njoroge@example.co.ke'),
      subject: 'Charged twice for order 48102',
      text: `Hello,

my card statement shows € 119.00 twice for order 48102, both on ${calendar.day(-6)}. Please return one of them. My bank says that only you can do it.

This is the third time I write, and so far I only got automatic answers. I would like to hear from a person.

Grace Njoroge`,
      attachments: [file('statement.png', 'image/png', 204_771)],
      labels: ['needs-human', 'refund'],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(3, 12, 20),
      from: person('Optiker Weekly', 'hello@optikerweekly.example'),
      subject: 'Blue light, honestly: what twelve studies found',
      text: 'This week: what twelve studies say about blue-light coatings, why returns rise late in the year, and a shop in Graz that repairs everything.\n\nRead on: https://www.optikerweekly.example/issue/212',
      html: formatNewsletter({
        brand: 'Optiker Weekly',
        host: 'optikerweekly.example',
        accent: '#274b8f',
        preheader: 'What twelve studies say about blue-light coatings',
        headline: 'Blue light, honestly',
        intro: 'Twelve studies, one table, and no advertising in between. Also: why returns rise in autumn.',
        items: [
          { title: 'Coatings in the test', text: 'Seven of twelve studies found no effect on sleep.' },
          { title: 'Returns, month by month', text: 'Sizes are the reason in 61 of 100 cases.' },
          { title: 'The shop that repairs', text: 'A visit to Graz, with pictures.' },
        ],
        action: 'Read issue 212',
      }),
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(5, 16, 12),
      from: person('Hanna Virtanen', 'hanna.virtanen@example.fi'),
      subject: 'Prescription attached, order 48079',
      text: 'Hi,\n\nhere is the prescription that was missing for order 48079. PD is 62.\n\nHanna',
      attachments: [file('prescription.pdf', pdf, 88_412)],
      labels: ['auto-replied'],
      answered: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(6, 9, 48),
      from: person('Data Protection', 'privacy@kanzlei-brandt.example'),
      subject: 'Request for deletion of personal data (Art. 17 GDPR)',
      text: `Dear Sir or Madam,

our client, Mr Thomas Brandt, requests the deletion of all personal data that you hold about him, and a confirmation within one month.

Kanzlei Brandt`,
      labels: ['needs-human'],
      unread: true,
    },
    {
      account: 'support',
      folder: 'INBOX',
      when: day(7, 11, 5),
      from: person('Nordlins Sales', 'sales@nordlins.example'),
      subject: 'New price list from January',
      text: 'Dear customer,\n\nthe price list that holds from January is attached. Prices of blanks 1.50 stay, 1.67 rise by 3 %.\n\nNordlins AB',
      attachments: [
        file('price-list.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 61_440),
      ],
      labels: ['vendor'],
    },
  ]
}

function writeOtherFolders(): MailSpec[] {
  return [
    {
      account: 'support',
      folder: 'Drafts',
      when: day(1, 18, 10),
      from: self,
      to: [person('Łukasz Wójcik', 'lukasz.wojcik@logistyka.example')],
      subject: 'Re: API access for our integration team',
      text: 'Hello Łukasz,\n\nthank you for your question. Orders by mail go to',
    },
    {
      account: 'support',
      folder: 'Drafts',
      when: day(3, 17, 50),
      from: self,
      to: [person('Grace Njoroge', 'grace.njoroge@example.co.ke')],
      subject: 'Re: Charged twice for order 48102',
      text: 'Dear Grace,\n\nI am sorry that this took three mails. Both payments are',
    },
    {
      account: 'support',
      folder: 'Spam',
      when: ago(170),
      from: person('SEO Experts', 'rank@seo-first-page.example'),
      subject: 'Your website is invisible on Google 😱',
      text: 'Hi there,\n\nI looked at your website and found 47 errors. For only $99 we bring you to page one. Interested?',
      unread: true,
    },
    {
      account: 'support',
      folder: 'Spam',
      when: day(2, 3, 17),
      from: person('Prince A. Bello', 'trust@inheritance-desk.example'),
      subject: 'CONFIDENTIAL business proposal',
      text: 'Dear friend, I have the honour to contact you about a sum of 14.5 million dollars which',
      unread: true,
    },
    {
      account: 'support',
      folder: 'Spam',
      when: day(4, 2, 40),
      from: person('WinBig Casino', 'vip@winbig.example'),
      subject: '💰💰 200 free spins are waiting 💰💰',
      text: 'Claim your 200 free spins now!',
      html: '<center><font size="7" color="red">200 FREE SPINS</font><br><a href="https://winbig.example/claim"><img src="https://img.winbig.example/spin.gif" width="480" height="240"></a></center>',
      unread: true,
    },
    {
      account: 'support',
      folder: 'Spam',
      when: day(8, 4, 55),
      from: person('Microsfot Account Team', 'security@account-microsfot.example'),
      subject: 'Unusual sign-in activity',
      text: 'We detected something unusual about a recent sign-in. Review: https://account-microsfot.example/review',
      unread: true,
    },
    {
      account: 'support',
      folder: 'Spam',
      when: day(11, 1, 9),
      from: person('Lenses Wholesale', 'sales88@lens-wholesale.example'),
      subject: 'Best quality lens blank manufacturer, good price',
      text: 'Dear Sir, glad to know you are in the market of optical lens. We are factory with 20 years of experience.',
      unread: true,
    },
    {
      account: 'support',
      folder: 'Trash',
      when: day(2, 8, 0),
      from: person('Lunch Bot', 'lunch@sandbox.test'),
      subject: 'Today: pea soup or lasagne',
      text: 'Answer with 1 for pea soup, 2 for lasagne, until 10:30.',
    },
    {
      account: 'support',
      folder: 'Trash',
      when: day(6, 7, 0),
      from: person('nightly-eval', 'nightly-eval@ci.example'),
      subject: 'Run cancelled: triage-agent@prompt-cache',
      text: 'The run was cancelled by a newer commit.',
    },
  ]
}

/** Hand-written mail of the support account. */
export function writeSupportMail(calendar: Calendar): MailSpec[] {
  return [...writeThreads(), ...writeToday(calendar), ...writeEarlier(calendar), ...writeOtherFolders()]
}

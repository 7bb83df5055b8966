import { formatNewsletter, formatTable } from './mail-html.ts'
import { accountAddresses, ago, day, file, type MailSpec, person } from './mail-spec.ts'

const self = person('Halden Optics, partners Europe', accountAddresses.scout)
const ci = person('scout-eval', 'scout-eval@ci.example')

function writeInbox(): MailSpec[] {
  return [
    {
      key: 'weber-1',
      account: 'scout',
      folder: 'INBOX',
      when: ago(64),
      from: person('Katrin Weber', 'k.weber@optik-weber.example'),
      subject: 'Re: Zusammenarbeit mit Halden Optics',
      text: 'Guten Tag,\n\nvielen Dank für Ihre Nachricht. Grundsätzlich sind wir interessiert. Welche Mindestmenge gilt, und bieten Sie Gebietsschutz für Graz?\n\nFreundliche Grüße\nKatrin Weber, Optik Weber',
      answered: true,
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: ago(140),
      from: ci,
      subject: '96 passed: scout-agent@main',
      text: 'All suites passed in 3 min 8 s.\n\n96 passed, 0 failed, 2 skipped',
      html: formatTable(
        ['Suite', 'Passed', 'Skipped'],
        [
          ['language', '40', '0'],
          ['outreach', '56', '2'],
          ['All', '96', '2'],
        ],
      ),
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(1, 9, 18),
      from: person('Julien Moreau', 'julien@lunettes-moreau.example'),
      subject: 'Re: Partenariat pour vos boutiques de Lyon',
      text: 'Bonjour,\n\nmerci, mais nous travaillons déjà avec deux fabricants et ne cherchons personne pour le moment. Recontactez-moi au printemps.\n\nJulien Moreau',
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(1, 14, 36),
      from: person('Giulia Ferri', 'giulia.ferri@otticaferri.example'),
      subject: 'Re: Campionario per la vostra ottica',
      text: 'Buongiorno,\n\nil campionario è arrivato, molto bello! Possiamo sentirci giovedì per i prezzi?\n\nGiulia Ferri',
      attachments: [file('vetrina.jpg', 'image/jpeg', 2_204_118)],
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(2, 12, 2),
      from: person('Mail Delivery', 'mailer-daemon@sandbox.test'),
      subject: 'Undelivered: Samarbeid med Halden Optics',
      text: 'The domain has no mail server. Reporting-MTA: dns; mx1.sandbox.test\n\nFinal-Recipient: rfc822; post@brilleland.example\nAction: failed\nStatus: 5.4.4',
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(3, 7, 30),
      from: person('Trade Fair Milan', 'exhibitors@eyewear-fair.example'),
      subject: 'Your stand: three places are left in hall 4',
      text: 'Three places are left in hall 4. Book until Friday to keep the early price.',
      html: formatNewsletter({
        brand: 'Eyewear Fair',
        host: 'eyewear-fair.example',
        accent: '#7a1f3d',
        preheader: 'Three places are left in hall 4',
        headline: 'Meet 41,000 visitors',
        intro: 'Three places are left in hall 4. Book until Friday to keep the early price.',
        items: [
          { title: 'Corner stand, 12 m²', text: 'Two open sides, next to the stage', price: '€ 5,900' },
          { title: 'Row stand, 9 m²', text: 'One open side', price: '€ 3,800' },
        ],
        action: 'Reserve a stand',
      }),
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(4, 6, 0),
      from: ci,
      subject: '91 passed, 5 failed: scout-agent@polish-tone',
      text: 'FAILED language/pl-formal 5 times: expected Pan or Pani, got ty\n\n91 passed, 5 failed, 2 skipped',
    },
    {
      account: 'scout',
      folder: 'INBOX',
      when: day(6, 16, 9),
      from: person('Νίκος Παπαδόπουλος', 'nikos@optika-papadopoulos.example'),
      subject: 'Σχετικά με τη συνεργασία μας',
      text: 'Καλησπέρα σας,\n\nμας ενδιαφέρουν τα μοντέλα Nord και Fjell. Μπορείτε να μας στείλετε τιμοκατάλογο;\n\nΝίκος Παπαδόπουλος',
    },
  ]
}

function writeOtherFolders(): MailSpec[] {
  return [
    {
      account: 'scout',
      folder: 'Sent',
      when: ago(58),
      from: self,
      to: [person('Katrin Weber', 'k.weber@optik-weber.example')],
      subject: 'Re: Zusammenarbeit mit Halden Optics',
      text: 'Guten Tag Frau Weber,\n\ndie Mindestmenge sind 40 Fassungen im Jahr. Zum Gebietsschutz meldet sich eine Kollegin bei Ihnen.\n\nHalden Optics',
      answers: 'weber-1',
    },
    {
      account: 'scout',
      folder: 'Drafts',
      when: day(1, 15, 0),
      from: self,
      to: [person('Giulia Ferri', 'giulia.ferri@otticaferri.example')],
      subject: 'Re: Campionario per la vostra ottica',
      text: 'Buongiorno Giulia,\n\ngiovedì va bene, alle',
    },
    {
      account: 'scout',
      folder: 'Spam',
      when: day(1, 2, 22),
      from: person('B2B Leads', 'data@lead-lists.example'),
      subject: '18,000 opticians in Europe with mail addresses',
      text: 'Buy our list today, 40 % off.',
      unread: true,
    },
    {
      account: 'scout',
      folder: 'Spam',
      when: day(5, 3, 3),
      from: person('Domain Service', 'renewal@domain-notice.example'),
      subject: 'haldenoptics.example: final expiration notice',
      text: 'Act now to keep your search engine registration.',
      unread: true,
    },
    {
      account: 'scout',
      folder: 'Trash',
      when: day(3, 13, 13),
      from: person('Lunch Bot', 'lunch@sandbox.test'),
      subject: 'Today: fish soup or dumplings',
      text: 'Answer with 1 for fish soup, 2 for dumplings, until 10:30.',
    },
  ]
}

/** Hand-written mail of the outreach account. */
export function writeScoutMail(): MailSpec[] {
  return [...writeInbox(), ...writeOtherFolders()]
}

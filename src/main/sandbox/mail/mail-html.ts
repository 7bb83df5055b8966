function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

/** Plain paragraphs as a mail program writes them. */
export function formatParagraphs(text: string): string {
  const paragraphs = text
    .split('\n\n')
    .map((block) => `<p style="margin:0 0 14px">${escapeHtml(block).replace(/\n/g, '<br>')}</p>`)
  return `<div style="font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#222222">${paragraphs.join('')}</div>`
}

/** A table with a heading row; the last row stands out as the sum. */
export function formatTable(heading: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const cell = 'padding:8px 10px;border-bottom:1px solid #e3e3e3;font:14px Arial,sans-serif;color:#222222'
  const head = heading.map((text) => `<th align="left" style="${cell};background:#f4f5f7">${escapeHtml(text)}</th>`)
  const body = rows.map((row, at) => {
    const weight = at === rows.length - 1 ? ';font-weight:bold' : ''
    return `<tr>${row.map((text) => `<td style="${cell}${weight}">${escapeHtml(text)}</td>`).join('')}</tr>`
  })
  return `<table cellpadding="0" cellspacing="0" border="0" width="100%" style="border-collapse:collapse"><tr>${head.join('')}</tr>${body.join('')}</table>`
}

/** What a newsletter is made of. */
export interface Newsletter {
  readonly brand: string
  /** Host that pictures, links and the tracking pixel belong to. */
  readonly host: string
  readonly accent: string
  readonly preheader: string
  readonly headline: string
  readonly intro: string
  readonly items: ReadonlyArray<{ readonly title: string; readonly text: string; readonly price?: string }>
  readonly action: string
}

/** Newsletter HTML as campaign tools write it: nested tables, inline styles, remote pictures, a pixel. */
export function formatNewsletter(news: Newsletter): string {
  const { host, accent } = news
  const items = news.items.map(
    ({ title, text, price }, at) => `
          <tr><td width="120" valign="top" style="padding:0 16px 20px 24px"><img src="https://img.${host}/items/${at + 1}.jpg" width="120" height="90" alt="${escapeHtml(title)}" style="display:block;border:0;border-radius:6px"></td>
          <td valign="top" style="padding:0 24px 20px 0;font-family:Helvetica,Arial,sans-serif"><font color="#1b1f24" style="font-size:16px;font-weight:bold;line-height:22px">${escapeHtml(title)}</font><br><span style="font-size:14px;line-height:21px;color:#57606a">${escapeHtml(text)}</span>${price === undefined ? '' : `<br><strong style="font-size:14px;color:${accent}">${escapeHtml(price)}</strong>`}</td></tr>`,
  )
  return `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(news.headline)}</title>
<style type="text/css">@media only screen and (max-width:600px){.wrap{width:100%!important}.pad{padding:16px!important}}a{color:${accent}}.ExternalClass{width:100%}</style></head>
<body bgcolor="#f4f5f7" style="margin:0;padding:0;background-color:#f4f5f7;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(news.preheader)}&#8199;&#65279;&#847;</div>
<!--[if mso]><table width="600" align="center"><tr><td><![endif]-->
<table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0" bgcolor="#f4f5f7"><tr><td align="center" style="padding:24px 12px">
  <table role="presentation" class="wrap" width="600" border="0" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="border-radius:8px;border:1px solid #e3e6ea">
    <tr><td class="pad" align="left" style="padding:24px"><a href="https://www.${host}/?utm_source=newsletter"><img src="https://img.${host}/logo@2x.png" width="132" height="28" alt="${escapeHtml(news.brand)}" border="0" style="display:block;color:${accent};font:bold 20px Helvetica,Arial,sans-serif"></a></td></tr>
    <tr><td background="https://img.${host}/hero-bg.jpg" bgcolor="${accent}" class="pad" style="padding:36px 24px;background-color:${accent};background-image:url('https://img.${host}/hero.jpg');background-size:cover"><h1 style="margin:0;font:bold 28px/34px Helvetica,Arial,sans-serif;color:#ffffff">${escapeHtml(news.headline)}</h1></td></tr>
    <tr><td class="pad" style="padding:24px;font:15px/23px Helvetica,Arial,sans-serif;color:#24292f">${escapeHtml(news.intro)}</td></tr>
    <tr><td><table role="presentation" width="100%" border="0" cellpadding="0" cellspacing="0">${items.join('')}</table></td></tr>
    <tr><td align="center" style="padding:8px 24px 32px"><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td bgcolor="${accent}" style="border-radius:6px"><a href="https://click.${host}/t/8f2c?u=aHR0cHM6Ly93d3c" target="_blank" style="display:inline-block;padding:12px 28px;font:bold 15px Helvetica,Arial,sans-serif;color:#ffffff;text-decoration:none">${escapeHtml(news.action)}</a></td></tr></table></td></tr>
    <tr><td class="pad" style="padding:20px 24px;border-top:1px solid #e3e6ea;font:12px/18px Helvetica,Arial,sans-serif;color:#6e7781">You get this because you wrote to ${escapeHtml(news.brand)}. <a href="https://click.${host}/unsubscribe?id=4471" style="color:#6e7781">Unsubscribe</a> or <a href="https://www.${host}/preferences" style="color:#6e7781">change what you get</a>.<br>${escapeHtml(news.brand)}, Storgata 14, 0155 Oslo</td></tr>
  </table>
</td></tr></table>
<!--[if mso]></td></tr></table><![endif]-->
<img src="https://track.${host}/o.gif?m=8f2c4471" width="1" height="1" alt="" border="0" style="height:1px!important;width:1px!important">
</body></html>`
}

import { limits } from '../../shared/limits.ts'

/** Documents that the page may show in its mail frame; main alone puts them in. */
export interface MailFrames {
  /** Keeps a mail's HTML and answers its address, or null when it is too large to be shown. The oldest gives way. */
  keep(html: string): string | null
  /** The document of an id, or null. */
  find(id: string): string | null
}

// A mail is drawn on white paper in both themes: its own colours assume it.
const paper =
  'html{background:#fff;color:#1a1a1a;color-scheme:light}' +
  'body{margin:16px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}' +
  'img,video,table{max-width:100%}img{height:auto}pre{white-space:pre-wrap}'

// Ends at the next bracket of either kind: without that, half tags in a row would cost quadratic time.
const linkTag = /<(?:a|area|form)[\s/][^<>]*>/gi
const dropTarget = (tag: string): string => tag.replace(/([\s"'/])target(?=\s*=)/gi, '$1x-target')

/**
 * Makes a document of a mail's HTML. `link`, `meta` and `base` lose their meaning by a new name: a policy
 * does not govern dns-prefetch and refresh. Renaming in one pass, unlike cutting, cannot join two halves.
 * A link's own `target` goes too, so that every click asks for a new window, which is the guarded way out; where
 * odd markup keeps one, the policy blocks the navigation and the mail's frame goes blank.
 */
export function buildMailDocument(html: string): string {
  const inert = html.replace(/<(\/?)(link|meta|base)(?=[\s/>])/gi, '<$1x-$2').replace(linkTag, dropTarget)
  return `<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><style>${paper}</style></head><body>${inert}`
}

/** Keeps the last documents, at most `limits.mailFramesKept`. */
export function createMailFrames(newId: () => string): MailFrames {
  const documents = new Map<string, string>()
  return {
    keep(html) {
      if (Buffer.byteLength(html) > limits.mailHtmlBytesMax) return null
      const id = newId()
      documents.set(id, buildMailDocument(html))
      for (const oldest of documents.keys()) {
        if (documents.size <= limits.mailFramesKept) break
        documents.delete(oldest)
      }
      return `app://mail/${id}`
    },
    find: (id) => documents.get(id) ?? null,
  }
}

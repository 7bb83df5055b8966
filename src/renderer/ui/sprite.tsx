/**
 * Every icon and mark of the window, once; others refer to them with `<use>`.
 * One family: 16 px box, 1.5 px stroke, round caps and joins, content inside 2..14.
 */
export function Sprite() {
  return (
    <svg width="0" height="0" className="sprite" aria-hidden="true">
      <title>Icons</title>
      <defs>
        <symbol id="icon-inbox" viewBox="0 0 16 16">
          <path d="M2.5 9.25 4.2 3.8a1 1 0 0 1 .96-.7h5.68a1 1 0 0 1 .96.7l1.7 5.45V12a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V9.25Zm0 0h3.1l.9 1.75h3l.9-1.75h3.1" />
        </symbol>
        <symbol id="icon-requests" viewBox="0 0 16 16">
          <path d="M2.5 4h5.25M5.25 8h7.25M9 12h4.5" />
          <path d="M2.5 8h.01M2.5 12h.01M5.75 12h.01" />
        </symbol>
        <symbol id="icon-keys" viewBox="0 0 16 16">
          <circle cx="5.4" cy="10.6" r="2.9" />
          <path d="M7.5 8.5 13.2 2.8M10.6 5.4l2 2" />
        </symbol>
        <symbol id="icon-settings" viewBox="0 0 16 16">
          <path d="M2.5 5h5.75M11.75 5h1.75M2.5 11h1.75M7.75 11h5.75" />
          <circle cx="10" cy="5" r="1.75" />
          <circle cx="6" cy="11" r="1.75" />
        </symbol>
        <symbol id="icon-webhooks" viewBox="0 0 16 16">
          <circle cx="8" cy="4.3" r="1.8" />
          <circle cx="4.1" cy="11.4" r="1.8" />
          <circle cx="11.9" cy="11.4" r="1.8" />
          <path d="M7.1 5.9 5 9.8M8.9 5.9l2.1 3.9M5.9 11.4h4.2" />
        </symbol>
        <symbol id="icon-search" viewBox="0 0 16 16">
          <circle cx="7" cy="7" r="4.25" />
          <path d="m10.2 10.2 3.3 3.3" />
        </symbol>
        <symbol id="icon-down" viewBox="0 0 16 16">
          <path d="M4.75 6.5 8 9.75l3.25-3.25" />
        </symbol>
        <symbol id="icon-up" viewBox="0 0 16 16">
          <path d="M4.75 9.5 8 6.25l3.25 3.25" />
        </symbol>
        <symbol id="icon-next" viewBox="0 0 16 16">
          <path d="M6.5 4.75 9.75 8 6.5 11.25" />
        </symbol>
        <symbol id="icon-updown" viewBox="0 0 16 16">
          <path d="M5.25 6 8 3.25 10.75 6M5.25 10 8 12.75 10.75 10" />
        </symbol>
        <symbol id="icon-plus" viewBox="0 0 16 16">
          <path d="M8 3.5v9M3.5 8h9" />
        </symbol>
        <symbol id="icon-check" viewBox="0 0 16 16">
          <path d="m3.5 8.4 3 3 6-6.6" />
        </symbol>
        <symbol id="icon-x" viewBox="0 0 16 16">
          <path d="m4.25 4.25 7.5 7.5M11.75 4.25l-7.5 7.5" />
        </symbol>
        <symbol id="icon-alert" viewBox="0 0 16 16">
          <path d="M8 2.75 14 13H2L8 2.75ZM8 6.75v2.75" />
          <path d="M8 11.4v.01" />
        </symbol>
        <symbol id="icon-lock" viewBox="0 0 16 16">
          <rect x="3.5" y="7" width="9" height="6.5" rx="1.25" />
          <path d="M5.5 7V5.25a2.5 2.5 0 0 1 5 0V7" />
        </symbol>
        <symbol id="icon-unlock" viewBox="0 0 16 16">
          <rect x="3.5" y="7" width="9" height="6.5" rx="1.25" />
          <path d="M5.5 7V4.75a2.5 2.5 0 0 1 4.8-.9" />
        </symbol>
        <symbol id="icon-clock" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="5.5" />
          <path d="M8 5v3.25l2 1.25" />
        </symbol>
        <symbol id="icon-unread" viewBox="0 0 16 16">
          <path d="M9.5 3.5H3.25c-.55 0-1 .45-1 1v7c0 .55.45 1 1 1h9.5c.55 0 1-.45 1-1V7M2.5 5.25 8 9l2.6-1.75" />
          <circle cx="12.75" cy="3.75" r="1.5" />
        </symbol>
        <symbol id="icon-reply" viewBox="0 0 16 16">
          <path d="M6.25 4 2.75 7.5l3.5 3.5M3 7.5h6.25a4 4 0 0 1 4 4v.75" />
        </symbol>
        <symbol id="icon-reply-all" viewBox="0 0 16 16">
          <path d="M4.75 4 1.25 7.5l3.5 3.5M8.25 4l-3.5 3.5 3.5 3.5M5 7.5h5.25a4 4 0 0 1 4 4v.75" />
        </symbol>
        <symbol id="icon-forward" viewBox="0 0 16 16">
          <path d="m9.75 4 3.5 3.5-3.5 3.5M13 7.5H6.75a4 4 0 0 0-4 4v.75" />
        </symbol>
        <symbol id="icon-trash" viewBox="0 0 16 16">
          <path d="M3 4.5h10M6.25 4.25V3.3a.8.8 0 0 1 .8-.8h1.9a.8.8 0 0 1 .8.8v.95M4.25 4.75l.55 7.8a1 1 0 0 0 1 .95h4.4a1 1 0 0 0 1-.95l.55-7.8" />
        </symbol>
        <symbol id="icon-clip" viewBox="0 0 16 16">
          <path d="m12.9 7.6-4.7 4.7a3 3 0 0 1-4.25-4.25l5.1-5.1a2 2 0 0 1 2.85 2.85l-4.9 4.9a1 1 0 0 1-1.45-1.4l4.3-4.3" />
        </symbol>
        <symbol id="icon-dots" viewBox="0 0 16 16">
          <path d="M3.75 8v.01M8 8v.01M12.25 8v.01" strokeWidth="2" />
        </symbol>
        <symbol id="icon-refresh" viewBox="0 0 16 16">
          <path d="M13 8a5 5 0 1 1-1.6-3.65L13 5.75M13 2.75v3h-3" />
        </symbol>
        <symbol id="icon-copy" viewBox="0 0 16 16">
          <rect x="5.75" y="5.75" width="7.75" height="7.75" rx="1.25" />
          <path d="M10.25 5.5V3.75c0-.7-.55-1.25-1.25-1.25H3.75c-.7 0-1.25.55-1.25 1.25V9c0 .7.55 1.25 1.25 1.25H5.5" />
        </symbol>
        <symbol id="icon-external" viewBox="0 0 16 16">
          <path d="M9.25 2.75h4v4M13.25 2.75 7.5 8.5M11.25 9.5v2.5c0 .7-.55 1.25-1.25 1.25H4c-.7 0-1.25-.55-1.25-1.25V6c0-.7.55-1.25 1.25-1.25h2.5" />
        </symbol>
        <symbol id="icon-shield" viewBox="0 0 16 16">
          <path d="M8 2.25 12.75 4v3.75c0 2.9-2 4.9-4.75 6-2.75-1.1-4.75-3.1-4.75-6V4L8 2.25Z" />
        </symbol>
        <symbol id="icon-image-off" viewBox="0 0 16 16">
          <path d="M5.5 3.25h7c.55 0 1 .45 1 1v7M11.5 12.75h-8a1 1 0 0 1-1-1v-8M2.5 2.5l11 11M2.75 10.5 5.5 8l2 2" />
        </symbol>
        <symbol id="icon-filter" viewBox="0 0 16 16">
          <path d="M2.5 4.25h11M4.75 8h6.5M6.75 11.75h2.5" />
        </symbol>
        <symbol id="icon-sent" viewBox="0 0 16 16">
          <path d="M13.5 2.5 9.4 13.5 7 9 2.5 6.6l11-4.1ZM13.5 2.5 7 9" />
        </symbol>
        <symbol id="icon-draft" viewBox="0 0 16 16">
          <path d="m2.75 13.25.75-3 7.1-7.1a1.2 1.2 0 0 1 1.7 0l.55.55a1.2 1.2 0 0 1 0 1.7l-7.1 7.1-3 .75Z" />
        </symbol>
        <symbol id="icon-ban" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="5.5" />
          <path d="m4.2 4.2 7.6 7.6" />
        </symbol>
        <symbol id="icon-code" viewBox="0 0 16 16">
          <path d="M5.25 4.5 1.75 8l3.5 3.5M10.75 4.5l3.5 3.5-3.5 3.5" />
        </symbol>
        <symbol id="icon-console" viewBox="0 0 16 16">
          <rect x="2" y="3" width="12" height="10" rx="1.5" />
          <path d="M4.9 6.2 6.8 8 4.9 9.8M8.6 10h2.6" />
        </symbol>
        <symbol id="icon-out" viewBox="0 0 16 16">
          <path d="m4 12 8-8M5.75 4H12v6.25" />
        </symbol>
        <symbol id="icon-gauge" viewBox="0 0 16 16">
          <path d="M3.1 12a5.75 5.75 0 1 1 9.8 0M8 9.5l2.4-3" />
        </symbol>
        <symbol id="icon-clipboard" viewBox="0 0 16 16">
          <path d="M6 3.5H4.75c-.7 0-1.25.55-1.25 1.25v7.5c0 .7.55 1.25 1.25 1.25h6.5c.7 0 1.25-.55 1.25-1.25v-7.5c0-.7-.55-1.25-1.25-1.25H10" />
          <rect x="6" y="2.25" width="4" height="2.5" rx=".75" />
        </symbol>
        <symbol id="icon-arrow" viewBox="0 0 16 16">
          <path d="M3 8h10M9.25 4.25 13 8l-3.75 3.75" />
        </symbol>
        <symbol id="icon-keyboard" viewBox="0 0 16 16">
          <rect x="1.75" y="4" width="12.5" height="8" rx="1.25" />
          <path d="M4.25 6.75h.01M6.75 6.75h.01M9.25 6.75h.01M11.75 6.75h.01M5.25 9.5h5.5" />
        </symbol>
        <symbol id="icon-box" viewBox="0 0 16 16">
          <path d="m8 2.25 5 2.75v6l-5 2.75L3 11V5l5-2.75ZM3.1 5.1 8 7.75l4.9-2.65M8 7.75v5.75" />
        </symbol>
        <symbol id="icon-store" viewBox="0 0 16 16">
          <ellipse cx="8" cy="4.25" rx="5" ry="1.75" />
          <path d="M3 4.25v7.5c0 .97 2.24 1.75 5 1.75s5-.78 5-1.75v-7.5M3 8c0 .97 2.24 1.75 5 1.75S13 8.97 13 8" />
        </symbol>
        <symbol id="icon-half" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="5.5" />
          <path d="M8 2.5v11M8 5h4.6M8 8h5.5M8 11h4.6" />
        </symbol>
        <symbol id="icon-pulse" viewBox="0 0 16 16">
          <path d="M1.75 8h2.75l1.75-4.5 3.25 9L11.25 8h3" />
        </symbol>
        <symbol id="icon-file" viewBox="0 0 16 16">
          <path d="M4 2.5h5.25L12.5 5.75v7.75H4v-11ZM9 2.75V6h3.25" />
        </symbol>
        <symbol id="icon-rotate" viewBox="0 0 16 16">
          <path d="M3 9.5V7.75A3.25 3.25 0 0 1 6.25 4.5h6.25M10.25 2.25l2.25 2.25-2.25 2.25M13 6.5v1.75a3.25 3.25 0 0 1-3.25 3.25H3.5M5.75 13.75 3.5 11.5l2.25-2.25" />
        </symbol>
        <symbol id="icon-stop" viewBox="0 0 16 16">
          <path d="M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5l3-3ZM8 5.25V8.5" />
          <path d="M8 10.75v.01" />
        </symbol>
        <symbol id="icon-undo" viewBox="0 0 16 16">
          <path d="M5.25 2.75 2.5 5.5l2.75 2.75M2.75 5.5h6.5a4 4 0 0 1 0 8H6" />
        </symbol>
        <symbol id="icon-pause" viewBox="0 0 16 16">
          <path d="M5.75 3.75v8.5M10.25 3.75v8.5" />
        </symbol>
        <symbol id="icon-play" viewBox="0 0 16 16">
          <path d="M5 3.5v9L12.25 8 5 3.5Z" />
        </symbol>
        <symbol id="icon-download" viewBox="0 0 16 16">
          <path d="M8 2.75v7M5 7l3 3 3-3M3 13.25h10" />
        </symbol>
        <symbol id="icon-bookmark" viewBox="0 0 16 16">
          <path d="M4.5 2.75h7v10.5L8 10.75l-3.5 2.5V2.75Z" />
        </symbol>
        <symbol id="icon-expand" viewBox="0 0 16 16">
          <path d="M9.5 2.75h3.75V6.5M6.5 13.25H2.75V9.5M13 3 9 7M3 13l4-4" />
        </symbol>
        <symbol id="icon-minus" viewBox="0 0 16 16">
          <path d="M3 8h10" />
        </symbol>

        <symbol id="mark-sandbox" viewBox="0 0 12 12">
          <path d="M1.5 4.25V1.5h2.75M7.75 1.5h2.75v2.75M10.5 7.75v2.75H7.75M4.25 10.5H1.5V7.75" strokeWidth="1.5" />
        </symbol>
        <symbol id="mark-dev" viewBox="0 0 12 12">
          <circle cx="6" cy="6" r="4.4" />
        </symbol>
        <symbol id="mark-staging" viewBox="0 0 12 12">
          <path d="M6 1.2 11.2 10.4H.8L6 1.2Z" />
        </symbol>
        <symbol id="mark-prod" viewBox="0 0 12 12">
          <path d="M6 .4 11.6 6 6 11.6.4 6 6 .4Z" />
        </symbol>
      </defs>
    </svg>
  )
}

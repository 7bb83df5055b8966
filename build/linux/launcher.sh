#!/bin/sh
# Starts Jasni Vault.

if [ "$(id -u)" = 0 ]; then
  echo "Jasni Vault does not run as root: Chromium's sandbox cannot, and keys of root would lie in root's keyring." >&2
  echo "Start it as the user whose keys it holds." >&2
  exit 77
fi

# A core dump of a crash would hold keys. This covers every process of the app.
ulimit -c 0

exec /usr/lib/jasni-vault/jasni-vault "$@"
